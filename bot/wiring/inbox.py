"""Composition of the inbox."""

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.desk.agents import Agents
from bot.desk.dead_letters import DeadLetterOffice
from bot.desk.notifying import Notifying
from bot.desk.one_time_tokens import PASSES, OneTimeTokens
from bot.desk.operations import Operations
from bot.desk.overview import Overview
from bot.desk.reading import Reading
from bot.desk.saved_replies import SavedReplies
from bot.desk.suppressions import Suppressions
from bot.desk.webhooks import Webhooks
from bot.edge.limits import Limits
from bot.edge.signing import Signer
from bot.notifications.stops import StopWriter
from bot.runtime.secret import derived_keys
from bot.web.inbox import InboxParts
from bot.web.inbox.account.login_limit import GUESSES
from bot.wiring.foreign import guard_of, push_key
from bot.wiring.ground import redis_url
from bot.wiring.mails import MAIL_FACTS, answer_letters
from bot.wiring.proxies import proxies_of
from bot.wiring.web_ground import WebGround
from channels.base import LetterReader
from config.concerns import find_concerns


def open_inbox(ground: WebGround, readers: Mapping[str, LetterReader]) -> InboxParts:
    """Put the inbox together."""
    settings, database, clock = ground.settings, ground.database, ground.clock
    return InboxParts(
        desk=ground.desk,
        overview=Overview(database),
        reading=Reading(database, ground.rules, clock),
        files=ground.files,
        operations=_operations(ground, readers),
        team=ground.team,
        staff=Agents(database, clock, ground.team.passwords),
        saved_replies=SavedReplies(database, clock),
        programs=Webhooks(database, ground.doorbell, clock, guard_of(settings)),
        suppressions=Suppressions(database, clock),
        notifying=Notifying(
            database, clock, push_key(database), settings.mails_leave, guard_of(settings)
        ),
        passes=OneTimeTokens(database, Signer(derived_keys(settings, PASSES)), clock),
        guesses=Limits(redis_url(settings), GUESSES, strict=True),
        proxies=proxies_of(settings),
        live=ground.live,
        presence=ground.presence,
        hint=ground.doorbell.hint,
        stop_writer=StopWriter(settings.notice_rules),
        channels=settings.channel_titles.beside(MAIL_FACTS),
        clock=clock,
        zone=ZoneInfo(settings.timezone),
        waits_long=timedelta(seconds=settings.notify_waiting_seconds),
        public_origin=settings.public_origin,
        concerns=tuple(find_concerns(settings)),
        secrets=derived_keys(settings, "inbox"),
    )


def _operations(ground: WebGround, readers: Mapping[str, LetterReader]) -> Operations:
    settings, database, clock = ground.settings, ground.database, ground.clock

    def open_office() -> DeadLetterOffice:
        letters = answer_letters(settings, database, ground.mail_parser.read)
        return DeadLetterOffice(database, {**readers, **letters}, ground.rules(), clock())

    return Operations(database, open_office, clock, ZoneInfo(settings.timezone), ground.doorbell)
