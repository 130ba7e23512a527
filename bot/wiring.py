"""The composition root: the only place that knows every concrete class."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from ipaddress import ip_network
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.callers import Network
from bot.clock import Clock
from bot.delivery.attempts import Ways
from bot.delivery.courier import Courier
from bot.desk import Desk
from bot.desk.attendance import Attendance
from bot.desk.dead_letters import DeadLetterOffice
from bot.desk.notifying import Notifying
from bot.desk.operations import Operations
from bot.desk.overview import Overview
from bot.desk.passes import PASSES, Passes
from bot.desk.programs import Programs
from bot.desk.reading import Reading
from bot.desk.saved_replies import SavedReplies
from bot.desk.staff import Staff
from bot.desk.team import Team
from bot.embedded import recorded_url
from bot.erasure import DeletionDesk
from bot.errands.audience import Audience
from bot.errands.herald import Herald
from bot.errands.postman import MailPostman
from bot.errands.pusher import KEY as VAPID
from bot.errands.pusher import WebPusher, make_key
from bot.errands.speaker import AppriseSpeaker
from bot.errands.watching import Watched, Watchman
from bot.errands.ways import Ways as HeraldWays
from bot.follow_ups.answers import AnswerDesk, AnswerLetters
from bot.follow_ups.letter import Stationery
from bot.follow_ups.postman import Postman
from bot.follow_ups.reader import MailReader
from bot.follow_ups.returns import Returns
from bot.follow_ups.rounds import MailRounds, Round
from bot.follow_ups.unsubscribing import Unsubscribing
from bot.guarded import Guard, GuardedClient, is_public
from bot.intake import Intake
from bot.limits import Limits
from bot.live import LiveHints
from bot.mail.imap import Mailbox
from bot.mail.mail import read_sender
from bot.mail.smtp import CHANNEL as MAIL
from bot.mail.smtp import Mailer, SmtpServer
from bot.plain_page import PlainPages
from bot.porter import Porter
from bot.presence import Presence
from bot.rooms import Rooms
from bot.secret import derive, derived_keys, secret_keys
from bot.signing import Signer
from bot.storage.engine import Database
from bot.storage.server_keys import find_or_make_key
from bot.web.app import Parts
from bot.web.deletion import DeletionPages
from bot.web.demo import DemoSettings
from bot.web.demo.ways import DemoWays
from bot.web.health import Health
from bot.web.inbox import InboxParts
from bot.web.inbox.guesses import GUESSES
from bot.web.mail import MailPages
from bot.web.mail_door import MailDoor
from bot.web.metrics import Metrics
from channels import build_channels
from channels.base import Channel, NobodyCounts, Observer
from channels.messenger.attachments import FILE_HOSTS
from channels.messenger.channel import NAME as MESSENGER
from channels.messenger.channel import MessengerApp
from channels.messenger.connections import Connections
from channels.messenger.graph import GraphAddress
from channels.messenger.people import MessengerPeople
from channels.messenger.watch import PageWatch
from channels.webchat.limits import ALLOWANCES
from channels.webchat.settings import WebChatParts, WebChatSettings
from config.rules import CaptureRules
from config.settings import Settings, is_loopback
from workers.doorbell import RqDoorbell, open_queue

DEMO_PAGE = "100000000000001"
DEMO_APP = "200000000000002"
# programs on this machine may be told as well, to try it out
_DEMO_GUARD = Guard(
    may_reach=lambda address: address.is_loopback or is_public(address),
    schemes=frozenset({"http", "https"}),
)


def now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def redis_url(settings: Settings) -> str:
    """Find Redis: the one that is set, or the embedded one that `./run` has started."""
    if settings.redis_url:
        return settings.redis_url.get_secret_value()
    return recorded_url(settings.data_dir / "valkey")


def messenger_apps(settings: Settings) -> list[MessengerApp]:
    """List Meta's apps that we answer to: the operator's, and the demo's own."""
    apps = []
    if settings.messenger_app_secret:
        pages = {page: token.get_secret_value() for page, token in settings.messenger_pages.items()}
        apps.append(
            MessengerApp(
                secrets=tuple(one.get_secret_value() for one in settings.messenger_app_secret),
                app_id=settings.messenger_app_id,
                pages=pages,
                address=_graph_address(settings, settings.messenger_graph_url),
            )
        )
    if settings.demo_enabled:
        apps.append(demo_app(settings))
    return apps


def demo_app(settings: Settings) -> MessengerApp:
    """Make the demo's app: every process derives the same secrets from our own."""
    key = secret_keys(settings)[0]
    return MessengerApp(
        secrets=(derive(key, "demo app secret"),),
        app_id=DEMO_APP,
        pages={DEMO_PAGE: derive(key, "demo page token")},
        address=_graph_address(settings, f"{_local_origin(settings)}/demo/graph"),
    )


def open_channels(
    settings: Settings, observer: Observer, webchat: WebChatParts | None = None
) -> list[Channel]:
    """Open every channel that is configured; the web chat is the web's own affair."""
    token = settings.messenger_verify_token
    return build_channels(
        messenger_apps(settings),
        webchat,
        verify_token=token.get_secret_value() if token else None,
        clock=now,
        observer=observer,
    )


def open_courier(settings: Settings) -> Courier:
    """Put a worker's side together."""
    channels = open_channels(settings, NobodyCounts())
    people = MessengerPeople(messenger_apps(settings))
    ways = Ways(
        senders={channel.name: channel for channel in channels},
        profiles={channel.name: channel for channel in channels},
        fingerprints={
            (channel.name, account): fingerprint
            for channel in channels
            for account, fingerprint in channel.fingerprints.items()
        }
        | {(MESSENGER, app): fingerprint for app, fingerprint in people.fingerprints.items()},
        people={MESSENGER: people},
    )
    database, doorbell = Database(settings.database), RqDoorbell(redis_url(settings))
    return Courier(database, _rules(settings, database), ways, doorbell, now)


def open_clock(settings: Settings) -> Clock:
    """Put the clock together."""
    return Clock(Database(settings.database), RqDoorbell(redis_url(settings)), now)


def open_parts(
    settings: Settings,
    clock: Callable[[], datetime] = now,
    rules: Callable[[], CaptureRules] | None = None,
) -> Parts:
    """Put the web's side together; a test may tell the time and change the rules."""
    database = Database(settings.database, pool_size=8)
    attendance = Attendance(database, rules or _wishes(settings), clock)
    # the chat asks on the event loop; the others may look into the database
    chat_rules = attendance.last_known_rules
    rules = chat_rules if rules else _announced(settings, database, chat_rules)
    writer = Database(settings.database, pool_size=1, by_key_only=True)
    doorbell = RqDoorbell(redis_url(settings))
    metrics = Metrics(database, open_queue(redis_url(settings)), clock)
    intake = Intake(writer, rules, doorbell, clock)
    team = Team(database, clock)
    desk = Desk(database, rules, doorbell, clock, team.is_agent)
    rooms = Rooms(database)
    live = LiveHints(redis_url(settings), rooms.states)
    presence = Presence(redis_url(settings), lambda: live.rooms)
    limits = Limits(redis_url(settings), ALLOWANCES)
    guesses = Limits(redis_url(settings), GUESSES)
    wishes = webchat_settings(settings)
    returns = Returns(database, clock, doorbell)
    webchat = WebChatParts(wishes, chat_rules, clock, rooms, live, doorbell.hint, limits, returns)
    channels = {one.name: one for one in open_channels(settings, metrics, webchat)}

    def close() -> None:
        doorbell.close()
        writer.close()
        database.close()

    return Parts(
        hosts=_hosts(settings),
        public_origin=settings.public_origin,
        intake=intake,
        desk=desk,
        health=Health(database, redis_url(settings)),
        metrics=metrics,
        deletion=DeletionPages(
            DeletionDesk(database, doorbell, clock),
            messenger_apps(settings),
            settings.public_origin,
        ),
        api_tokens=tuple(token.get_secret_value() for token in settings.api_tokens),
        channel_routes=(
            *_mail_routes(settings, database, rules, doorbell, metrics),
            *(
                route
                for channel in channels.values()
                for route in channel.routes(partial(intake.receive, channel.name))
            ),
        ),
        running=(attendance.keep_looking, live.run, presence.run, limits.run, guesses.run),
        dismiss=live.dismiss,
        inbox=InboxParts(
            desk=desk,
            overview=Overview(database),
            reading=Reading(database, rules, clock),
            operations=Operations(
                database,
                lambda: DeadLetterOffice(
                    database, {**channels, **answer_letters(settings, database)}, rules(), clock()
                ),
                clock,
                ZoneInfo(settings.timezone),
            ),
            team=team,
            staff=Staff(database, clock, team.passwords),
            saved_replies=SavedReplies(database, clock),
            programs=Programs(database, doorbell, clock, _guard(settings)),
            notifying=Notifying(
                database, clock, push_key(database), settings.mails_leave, _guard(settings)
            ),
            passes=Passes(database, Signer(derived_keys(settings, PASSES)), clock),
            guesses=guesses,
            proxies=_proxies(settings),
            live=live,
            presence=presence,
            hint=doorbell.hint,
            clock=clock,
            zone=ZoneInfo(settings.timezone),
            waits_long=timedelta(seconds=settings.notify_waiting_seconds),
            public_origin=settings.public_origin,
            secrets=derived_keys(settings, "inbox"),
        ),
        demo=_demo(settings, database, desk) if settings.demo_enabled else None,
        close=close,
    )


def webchat_settings(settings: Settings) -> WebChatSettings:
    """Tell the web chat what the operator wishes."""
    return WebChatSettings(
        public_origin=settings.public_origin,
        allowed_origins=settings.allowed_origins,
        secrets=derived_keys(settings, "web chat"),
        title=settings.webchat_title,
        greeting=settings.webchat_greeting,
        color=settings.webchat_color,
        consent=settings.consent_mode,
        trusted_proxies=_proxies(settings),
    )


def open_herald(settings: Settings) -> Herald:
    """Put a worker's other side together: what no visitor waits for."""
    database = Database(settings.database)
    client = GuardedClient(_guard(settings))
    watchman = Watchman(database, _watched(settings), now)
    sender = settings.email_from or f"bot@{urlsplit(settings.public_origin).hostname}"
    ways = HeraldWays(
        client=client,
        speaker=AppriseSpeaker(),
        pusher=WebPusher(client, push_key(database), read_sender(sender).addr_spec),
        postman=MailPostman(mailer) if (mailer := open_mailer(settings)) else None,
        clock=now,
        look=watchman.look if watchman.watched else None,
    )
    return Herald(database, settings.notice_rules, ways, now)


def _watched(settings: Settings) -> list[Watched]:
    """List the operator's own pages; the demo's is always there."""
    apps = messenger_apps(settings.model_copy(update={"demo": False}))
    return [
        Watched(MESSENGER, page, PageWatch(page, graph, app.app_id).look)
        for app in apps
        for page, graph in app.open_pages(Connections()).items()
    ]


def _guard(settings: Settings) -> Guard:
    return _DEMO_GUARD if settings.demo_enabled else Guard()


def push_key(database: Database) -> Callable[[], str]:
    """Give the key of this installation for pushes, made when it is first wanted."""
    return cache(lambda: find_or_make_key(database, VAPID, make_key, now()))


def open_mailer(settings: Settings) -> Mailer | None:
    """Open the way for mails, if there is one."""
    if settings.smtp_url is None or settings.email_from is None:
        return None
    server = SmtpServer.read(settings.smtp_url.get_secret_value())
    return Mailer(server, settings.email_from, now)


def open_mail_rounds(settings: Settings) -> MailRounds:
    """Put together what goes round in a worker by itself: mails, and copies of files."""
    database, doorbell = Database(settings.database), RqDoorbell(redis_url(settings))
    rules = _rules(settings, database)
    client = GuardedClient()
    rounds: list[Round] = [Porter(database, client, FILE_HOSTS, doorbell, now).run]
    if mailer := open_mailer(settings):
        stationery = _stationery(settings, mailer.sender)
        rounds.append(Postman(database, rules, stationery, mailer, doorbell, now).run)
    if settings.inbound_imap_url and settings.inbound_email_address:
        mailbox = Mailbox.read(settings.inbound_imap_url.get_secret_value())
        answers = AnswerDesk(database, rules, doorbell, now, settings.inbound_email_address)
        rounds.append(MailReader(database, mailbox, answers, now).run)
    return MailRounds(rounds)


def answer_letters(settings: Settings, database: Database) -> dict[str, AnswerLetters]:
    """Say who reads mails again that were set aside; nobody, where none arrive."""
    address = settings.inbound_email_address
    return {MAIL: AnswerLetters(database, address)} if address else {}


def _mail_routes(
    settings: Settings,
    database: Database,
    rules: Callable[[], CaptureRules],
    doorbell: RqDoorbell,
    observer: Observer,
) -> list[web.RouteDef]:
    unsubscribing = Unsubscribing(database, Signer(derived_keys(settings, "mail")), now)
    routes = MailPages(unsubscribing, PlainPages(settings.webchat_color), settings.locale).routes()
    secret, address = settings.inbound_email_secret, settings.inbound_email_address
    if secret and address:
        answers = AnswerDesk(database, rules, doorbell, now, address)
        routes += MailDoor(answers, secret.get_secret_value(), observer).routes()
    return routes


def _stationery(settings: Settings, sender: str) -> Stationery:
    return Stationery(
        settings.public_origin,
        sender,
        settings.webchat_color,
        Signer(derived_keys(settings, "mail")),
        settings.inbound_email_address,
    )


def _rules(settings: Settings, database: Database) -> Callable[[], CaptureRules]:
    attendance = Attendance(database, _wishes(settings), now)
    return _announced(settings, database, attendance.rules)


def _wishes(settings: Settings) -> Callable[[], CaptureRules]:
    rules = settings.capture_rules
    return lambda: rules


def _announced(
    settings: Settings, database: Database, rules: Callable[[], CaptureRules]
) -> Callable[[], CaptureRules]:
    audience = Audience(database, has_urls=bool(settings.notify_urls))
    return lambda: replace(rules(), announces=audience.is_there())


def _demo(settings: Settings, database: Database, desk: Desk) -> DemoSettings:
    app = demo_app(settings)
    [(page, token)] = app.pages.items()
    ways = DemoWays(database, desk, page)
    return DemoSettings(
        page_id=page,
        app_id=DEMO_APP,
        app_secret=app.secrets[0],
        page_token=token,
        webhook_url=lambda: f"{_local_origin(settings)}/webhooks/messenger",
        peek=ways.peek,
        reply=ways.reply,
        hosts=frozenset({urlsplit(settings.public_origin).hostname or ""}),
    )


def _hosts(settings: Settings) -> frozenset[str]:
    """Name this server; without a public name, or for the demo, every name of this machine's."""
    public = urlsplit(settings.public_origin)
    if not is_loopback(public.hostname or "") and not settings.demo_enabled:
        return frozenset({public.netloc})
    local = {f"{name}:{settings.port}" for name in ("localhost", "127.0.0.1", "[::1]")}
    return frozenset({public.netloc, *local})


def _graph_address(settings: Settings, url: str) -> GraphAddress:
    return GraphAddress(url, "v" + settings.messenger_graph_version.removeprefix("v"))


def _local_origin(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _proxies(settings: Settings) -> tuple[Network, ...]:
    return tuple(ip_network(each, strict=False) for each in settings.trusted_proxies)
