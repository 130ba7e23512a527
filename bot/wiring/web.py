"""Composition of a web process."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from aiohttp import web

from bot.edge.limits import Allowance, Limits
from bot.edge.plain_page import PlainPages
from bot.erasure import DeletionDesk
from bot.follow_ups.answers import AnswerDesk
from bot.follow_ups.proving import Proving
from bot.follow_ups.returns import Returns
from bot.follow_ups.unsubscribing import Unsubscribing
from bot.follow_ups.withdrawing import Withdrawing
from bot.intake import LANES, Intake
from bot.runtime.secret import derived_keys
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.operations.sightings import Sighting, SightingKind, forget_sighting, save_sighting
from bot.web.app import Parts
from bot.web.demo import DemoSettings
from bot.web.demo.ways import DemoWays
from bot.web.health import Health
from bot.web.host_check import Hosts
from bot.web.mail import MailPages
from bot.web.mail_door import MailDoor
from bot.web.metrics import Metrics
from bot.web.sightings import Sightings
from bot.wiring.channels import given, letter_readers, open_channels
from bot.wiring.ground import local_host, local_origin, now, redis_url
from bot.wiring.inbox import open_inbox
from bot.wiring.mails import mail_signer
from bot.wiring.proxies import proxies_of
from bot.wiring.rules import Rules
from bot.wiring.web_ground import WebGround, lay_ground
from channels.base import Observer, WebSide
from channels.messenger.apps import DEMO_APP, demo_app
from channels.webchat.variables import WebChatVariables
from config.origins import host_of
from config.settings import Settings
from workers.doorbell import open_queue

_HTTP = 80  # browsers leave it out


def open_parts(
    settings: Settings,
    clock: Callable[[], datetime] = now,
    rules: Rules | None = None,
) -> Parts:
    """Put the web's side together; a test may tell the time and change the rules."""
    ground = lay_ground(settings, clock, rules)
    writer = Database(settings.database, pool_size=LANES, by_key_only=True)
    intake = Intake(writer, ground.rules, ground.doorbell, clock)
    metrics = Metrics(ground.database, open_queue(redis_url(settings)), clock)
    limits = list[Limits]()
    handed = replace(given(settings, metrics, _web_side(ground, limits)), clock=clock)
    inbox = open_inbox(ground, letter_readers(handed))
    sightings = Sightings(partial(_keep_sighting, ground))

    def dismiss() -> None:
        ground.live.dismiss()
        ground.mail_parser.stop()
        ground.files.pictures.stop()

    def close() -> None:
        ground.mail_parser.close()
        ground.files.pictures.close()
        ground.doorbell.close()
        writer.close()
        ground.database.close()

    return Parts(
        hosts=_hosts(settings),
        sightings=sightings,
        public_origin=settings.public_origin,
        intake=intake,
        desk=ground.desk,
        health=Health(writer, redis_url(settings)),
        metrics=metrics,
        api_tokens=tuple(token.get_secret_value() for token in settings.api_tokens),
        channel_routes=(
            *_mail_routes(ground, metrics),
            *(
                route
                for channel in open_channels(handed)
                for route in channel.routes(partial(intake.receive, channel.name))
            ),
        ),
        running=(
            ground.attendance.keep_looking,
            ground.live.run,
            ground.presence.run,
            *(each.run for each in limits),
            inbox.guesses.run,
            sightings.run,
        ),
        dismiss=dismiss,
        inbox=inbox,
        demo=_open_demo(ground) if settings.demo_enabled else None,
        close=close,
    )


def _web_side(ground: WebGround, limits: list[Limits]) -> WebSide:
    settings = ground.settings

    def limit(allowances: Mapping[str, Allowance]) -> Limits:
        limits.append(Limits(redis_url(settings), allowances))
        return limits[-1]

    return WebSide(
        keys=partial(derived_keys, settings),
        rules=ground.attendance.last_known_rules,
        rooms=ground.rooms,
        live=ground.live,
        hint=ground.doorbell.hint,
        limit=limit,
        returns=Returns(ground.database, ground.clock, ground.doorbell),
        files=ground.files,
        proofs=_proofs(ground),
        erasures=DeletionDesk(ground.database, ground.doorbell, ground.clock),
        trusted_proxies=proxies_of(settings),
    )


def _proofs(ground: WebGround) -> Proving | None:
    if not ground.settings.mails_leave:
        return None
    return Proving(ground.database, ground.clock, ground.doorbell)


def _mail_routes(ground: WebGround, observer: Observer) -> Iterator[web.RouteDef]:
    settings, database = ground.settings, ground.database
    unsubscribing = Unsubscribing(database, mail_signer(settings), now)
    pages = PlainPages(settings.of(WebChatVariables).webchat_color)
    withdrawing = Withdrawing(database, ground.rules, mail_signer(settings), ground.doorbell, now)
    yield from MailPages(
        unsubscribing, withdrawing, pages, settings.locale, settings.channel_titles
    ).routes()
    secret, address = settings.inbound_email_secret, settings.inbound_email_address
    if secret and address:
        parse = ground.mail_parser.read
        answers = AnswerDesk(
            database,
            ground.rules,
            ground.doorbell,
            now,
            address,
            parse,
            settings.inbound_authserv_id,
        )
        yield from MailDoor(answers, secret.get_secret_value(), observer).routes()


def _open_demo(ground: WebGround) -> DemoSettings:
    settings = ground.settings
    app = demo_app(given(settings))
    [(page, token)] = app.pages.items()
    ways = DemoWays(ground.database, ground.desk, page)
    return DemoSettings(
        page_id=page,
        app_id=DEMO_APP,
        app_secret=app.secrets[0],
        page_token=token,
        webhook_url=lambda: f"{local_origin(settings)}/webhooks/messenger",
        peek=ways.peek,
        reply=ways.reply,
        hosts=frozenset({host_of(settings.public_origin), host_of(local_origin(settings))}),
    )


def _keep_sighting(ground: WebGround, what: SightingKind, detail: Mapping[str, str] | None) -> None:
    if detail is None:
        retry_races(ground.database, lambda connection: forget_sighting(connection, what))
        return
    sighting = Sighting(what, ground.clock(), detail)
    retry_races(ground.database, lambda connection: save_sighting(connection, sighting))


def _hosts(settings: Settings) -> Hosts:
    """Name this server; without a public name, or for the demo, every name of this machine's."""
    public = urlsplit(settings.public_origin)
    hosts = Hosts(public.netloc, public.scheme, frozenset({public.netloc}))
    if not settings.is_for_this_machine and not settings.demo_enabled:
        return hosts
    own = {"localhost", "127.0.0.1", "[::1]", local_host(settings).lower()}
    local = {name if settings.port == _HTTP else f"{name}:{settings.port}" for name in own}
    return replace(hosts, names=hosts.names | local)
