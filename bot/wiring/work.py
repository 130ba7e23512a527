"""Composition of a worker's process: its lanes and recurring work."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from bot.edge.ssrf_guard import GuardedClient
from bot.follow_ups.answers import AnswerDesk
from bot.follow_ups.letter import Stationery
from bot.keeping import Keeper
from bot.mail.imap import Mailbox
from bot.mail.mail import read_sender
from bot.mail.mail_servers import MailServerLookup
from bot.mail.parser import MailParser
from bot.mail.ways import MAIL_SERVER, MAILBOX
from bot.notifications.apprise import AppriseSender
from bot.notifications.mail import NoticeMailer
from bot.notifications.senders import NoticeSenders
from bot.notifications.watching import Watchman
from bot.notifications.web_push import WebPushSender
from bot.outbox.contract import Engine, Handler
from bot.outbox.handlers.channel_watch import ChannelWatchHandler
from bot.outbox.handlers.email_domains import EmailDomainHandler
from bot.outbox.handlers.file_sweep import FileSweepHandler
from bot.outbox.handlers.files import FileHandler
from bot.outbox.handlers.mailbox import MailboxHandler
from bot.outbox.handlers.mails import MailHandler
from bot.outbox.handlers.retention import RetentionHandler
from bot.outbox.handlers.search_lines import SearchLinesHandler
from bot.outbox.handlers.webhooks import WebhookHandler
from bot.outbox.lane import Lane
from bot.outbox.running import LaneThread
from bot.storage.conversations.older_lines import write_older_lines
from bot.storage.database.engine import Database
from bot.storage.outbox.accounts import AccountKey
from bot.wiring.channels import given, open_channels
from bot.wiring.files import open_stores
from bot.wiring.foreign import guard_of, push_key
from bot.wiring.ground import now, redis_url
from bot.wiring.lanes import (
    ChannelWays,
    domain_lane,
    file_lane,
    mail_lane,
    team_lane,
    upkeep_lane,
    visitor_lane,
)
from bot.wiring.mails import mail_signer, open_mailer
from bot.wiring.rules import open_rules
from bot.wiring.stops import open_looks, open_mailbox
from channels.webchat.variables import WebChatVariables
from config.settings import Settings
from workers.doorbell import RqDoorbell


def visitor_ways(settings: Settings) -> ChannelWays:
    """Open what channels offer a worker."""
    channels = open_channels(given(settings))
    return ChannelWays(
        senders={channel.name: channel for channel in channels},
        profiles={channel.name: channel for channel in channels},
        fingerprints={
            (channel.name, account): fingerprint
            for channel in channels
            for account, fingerprint in channel.fingerprints.items()
        },
        people={channel.name: channel.people for channel in channels if channel.people},
    )


def open_visitor_lane(settings: Settings) -> Lane:
    """Put together what speaks to visitors."""
    database, doorbell = Database(settings.database), RqDoorbell(redis_url(settings))
    engine = Engine(database, open_rules(settings, database), doorbell, now)
    return Lane(engine, visitor_lane(visitor_ways(settings)))


def open_team_lane(settings: Settings) -> LaneThread:
    """Put together what tells the team and programs: what no visitor waits for."""
    database, doorbell = Database(settings.database), RqDoorbell(redis_url(settings))
    client = GuardedClient(guard_of(settings))
    sender = settings.email_from or f"bot@{urlsplit(settings.public_origin).hostname}"
    senders = NoticeSenders(
        urls=AppriseSender(),
        devices=WebPushSender(client, push_key(database), read_sender(sender).addr_spec),
        mailboxes=NoticeMailer(mailer) if (mailer := open_mailer(settings)) else None,
    )
    plan = team_lane(settings.notice_rules, senders, WebhookHandler(client, now))
    return LaneThread(Lane(Engine(database, open_rules(settings, database), doorbell, now), plan))


def open_upkeep_lane(settings: Settings, check: Callable[[], None]) -> LaneThread:
    """Put together what comes round by itself: a look at the channels and the installation."""
    database, doorbell = Database(settings.database), RqDoorbell(redis_url(settings))
    engine = Engine(database, open_rules(settings, database), doorbell, now)
    watched = [each for channel in open_channels(given(settings)) for each in channel.watched]
    fingerprints = _fingerprints(settings)
    watchman = Watchman(database, watched, now, check)
    handlers: list[Handler[Any]] = [
        ChannelWatchHandler(watchman.look, fingerprints),
        open_looks(settings, watched, fingerprints),
        RetentionHandler(Keeper(database, now, settings.keeping)),
        FileSweepHandler(database, open_stores(settings, database)),
        SearchLinesHandler(partial(write_older_lines, database)),
    ]
    if mailbox := open_mailbox(settings):
        handlers.append(_mailbox_handler(settings, mailbox, engine))
    return LaneThread(Lane(engine, upkeep_lane(handlers, fingerprints)))


def _fingerprints(settings: Settings) -> dict[AccountKey, str]:
    """Tell new credentials of every account: nobody rings for what a stopped one holds up."""
    found = dict(visitor_ways(settings).fingerprints)
    if mailer := open_mailer(settings):
        found[MAIL_SERVER] = mailer.fingerprint
    if mailbox := open_mailbox(settings):
        found[MAILBOX] = mailbox.fingerprint
    return found


def _mailbox_handler(settings: Settings, mailbox: Mailbox, engine: Engine) -> MailboxHandler:
    parser = MailParser()
    answers = AnswerDesk(
        engine.database,
        engine.rules,
        engine.doorbell,
        now,
        settings.inbound_email_address or "",
        parser.read,
        settings.inbound_authserv_id,
    )
    return MailboxHandler(mailbox, answers, parser)


def open_file_lane(settings: Settings) -> LaneThread:
    """Put together what fetches copies of what visitors attach."""
    database, doorbell = Database(settings.database), RqDoorbell(redis_url(settings))
    hosts = [host for channel in open_channels(given(settings)) for host in channel.file_hosts]
    engine = Engine(database, open_rules(settings, database), doorbell, now)
    return LaneThread(Lane(engine, file_lane(FileHandler(GuardedClient(), hosts))))


def open_domain_lane(settings: Settings) -> LaneThread:
    """Put together what looks up the domains of addresses."""
    database, doorbell = Database(settings.database), RqDoorbell(redis_url(settings))
    engine = Engine(database, open_rules(settings, database), doorbell, now)
    servers = settings.name_servers
    lookup = None if servers is None else MailServerLookup(servers)
    return LaneThread(Lane(engine, domain_lane(EmailDomainHandler(lookup))))


def open_mail_lane(settings: Settings) -> LaneThread | None:
    """Put together what mails visitors what they have not seen; None: no mails leave here."""
    mailer = open_mailer(settings)
    if mailer is None:
        return None
    database, doorbell = Database(settings.database), RqDoorbell(redis_url(settings))
    engine = Engine(database, open_rules(settings, database), doorbell, now)
    handler = MailHandler(_stationery(settings, mailer.sender), mailer)
    return LaneThread(Lane(engine, mail_lane(handler)))


def _stationery(settings: Settings, sender: str) -> Stationery:
    return Stationery(
        settings.public_origin,
        sender,
        settings.of(WebChatVariables).webchat_color,
        mail_signer(settings),
        settings.inbound_email_address,
        settings.channel_titles,
    )
