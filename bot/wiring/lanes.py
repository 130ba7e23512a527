"""Lanes of the outbox, each with its kinds of work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.mail.ways import MAIL_SERVER
from bot.notifications.senders import NoticeSenders
from bot.outbox.contract import Handler, LanePlan, Tier
from bot.outbox.handlers.announcements import AnnouncementHandler, DueNoticeHandler
from bot.outbox.handlers.deletions import DeletionHandler
from bot.outbox.handlers.email_domains import EmailDomainHandler
from bot.outbox.handlers.files import FileHandler
from bot.outbox.handlers.mails import MailHandler
from bot.outbox.handlers.messages import MessageHandler
from bot.outbox.handlers.notices import NoticeHandler
from bot.outbox.handlers.profiles import ProfileHandler
from bot.outbox.handlers.prompts import PromptHandler
from bot.outbox.handlers.webhooks import WebhookHandler
from bot.ports.channels import PeopleFinder, ProfileReader, Sender
from bot.storage.outbox.accounts import AccountKey
from bot.storage.outbox.due import Queue
from config.notices import NoticeRules


@dataclass(frozen=True, slots=True)
class ChannelWays:
    """The channels' parts for a worker, by channel."""

    senders: Mapping[str, Sender]
    profiles: Mapping[str, ProfileReader]
    fingerprints: Mapping[AccountKey, str]
    """By channel and account, what tells a new credential from an old one."""
    people: Mapping[str, PeopleFinder] = field(default_factory=dict)


def visitor_lane(ways: ChannelWays) -> LanePlan:
    """Speak to visitors: messages first, for an agent's reply waits for no prompt."""
    others = (
        PromptHandler(ways.senders),
        ProfileHandler(ways.profiles),
        DeletionHandler(ways.people),
    )
    tiers = (Tier((MessageHandler(ways.senders),)), Tier(others))
    return LanePlan("visitors", tiers, at_once=32, fingerprints=ways.fingerprints)


def team_lane(
    rules: NoticeRules,
    senders: NoticeSenders,
    webhooks: WebhookHandler,
) -> LanePlan:
    """Tell the team and programs; who is told is found out before anything is sent."""
    spreading = Tier((AnnouncementHandler(rules), DueNoticeHandler(rules)))
    sending = Tier((NoticeHandler(rules, senders), webhooks))
    return LanePlan("team", (spreading, sending), at_once=6, to_each_target=2)


def upkeep_lane(
    handlers: Sequence[Handler[Any]], fingerprints: Mapping[AccountKey, str]
) -> LanePlan:
    """Do what comes round by itself, one beside the other: none waits for a server that hangs."""
    tiers = tuple(Tier((handler,)) for handler in handlers)
    return LanePlan("upkeep", tiers, at_once=2 * len(tiers), fingerprints=fingerprints)


def file_lane(files: FileHandler) -> LanePlan:
    """Fetch copies, few at once: each may be as large as we take."""
    return LanePlan("files", (Tier((files,)),), at_once=2)


def domain_lane(domains: EmailDomainHandler) -> LanePlan:
    """Look domains up: DNS may take its time, and nothing waits for it."""
    return LanePlan("domains", (Tier((domains,)),), at_once=4)


def mail_lane(mails: MailHandler) -> LanePlan:
    """Mail visitors what they have not seen; no chat waits for a mail server."""
    ways = {MAIL_SERVER: mails.mailer.fingerprint}
    return LanePlan("mail", (Tier((mails,)),), at_once=2, fingerprints=ways)


def visitor_queues() -> list[Queue]:
    """Say what a clock rings for: the other lanes look by themselves."""
    return [tier.queue for tier in visitor_lane(ChannelWays({}, {}, {})).tiers]
