"""Writes down how an attempt ended; only who still holds the lease may."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.apply import apply
from bot.core.events import PromptFailed
from bot.core.model import Place
from bot.delivery.attempts import Outcome
from bot.delivery.claims import Claim
from bot.delivery.deletions import settle_deletion
from bot.delivery.gates import after_success, after_trouble
from bot.hints import Hint, room_of
from bot.ports import (
    Cause,
    Found,
    OutcomeUnknownError,
    Profile,
    Receipt,
    SendError,
    Trouble,
    UndeliverableError,
)
from bot.storage.accounts import AccountState, lock_account, save_account
from bot.storage.batch import Batch
from bot.storage.message_rows import Delivery
from bot.storage.messages import set_delivery, set_provider_key
from bot.storage.outbox import (
    Hold,
    find_orphans,
    find_visitors,
    lock_rows,
    postpone,
    settle,
)
from bot.storage.outbox_rows import OutboxState, Work
from bot.storage.threads import Thread, lock_places, lock_visitors
from config.rules import CaptureRules

UNCONFIRMED = "It was handed over, but no confirmation came back."
MOST_ATTEMPTS = 20
_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=5)
_ENDS = {
    Cause.RECIPIENT_GONE: OutboxState.DEAD,
    Cause.WINDOW_CLOSED: OutboxState.EXPIRED,
    Cause.NOT_OWNER: OutboxState.CANCELLED,
    Cause.REJECTED: OutboxState.DEAD,
}
_REPEATABLE = {Work.FETCH_PROFILE, Work.DELETE_PERSON}
_log = logging.getLogger(__name__)


class Ledger:
    """Settles the attempts of one worker in one transaction."""

    def __init__(
        self,
        connection: sa.Connection,
        rules: CaptureRules,
        credentials: Mapping[tuple[str, str], str],
        now: datetime,
    ) -> None:
        self._batch = Batch(connection, now)
        self._connection = connection
        self._rules = rules
        self._credentials = credentials
        self._now = now
        self._threads: dict[Place, Thread] = {}

    def settle_all(self, results: Sequence[tuple[Claim, Outcome]]) -> list[int]:
        """Write all outcomes; returns outbox rows that became due by it."""
        threads = self._threads = lock_places(self._connection, _places(results))
        deletions = [each for each in results if each[0].kind is Work.DELETE_PERSON]
        for claim, outcome in results:
            if claim.kind is not Work.DELETE_PERSON:
                self._settle(claim, outcome, threads.get(claim.place))
        self._settle_accounts(results)
        due = self._batch.save()
        for claim, outcome in deletions:  # last: nothing is written for who is erased here
            settle_deletion(self._connection, claim, outcome, self._now)
        return due

    def _settle(self, claim: Claim, outcome: Outcome, thread: Thread | None) -> None:
        match outcome:
            case Receipt(provider_key):
                self._sent(claim, provider_key)
            case Profile() as profile:
                self._looked_up(claim, profile, thread)
            case OutcomeUnknownError(reason=reason):
                self._unknown(claim, reason)
            case UndeliverableError() as error:
                self._failed(claim, _ENDS[error.cause], error.reason, thread)
            case SendError() as error if claim.attempts >= MOST_ATTEMPTS:
                self._failed(claim, OutboxState.DEAD, error.reason, thread)
            case SendError() as error:
                self._again(claim, error)

    def _sent(self, claim: Claim, provider_key: str) -> None:
        if not settle(self._connection, claim.hold, OutboxState.SENT, self._now, None):
            return
        if claim.hold.message_id:
            place = claim.place
            key = f"{place.channel}/{place.account}/{provider_key}"
            set_delivery(self._connection, claim.hold.message_id, Delivery.SENT, self._now)
            set_provider_key(self._connection, claim.hold.message_id, key)

    def _looked_up(self, claim: Claim, profile: Profile, thread: Thread | None) -> None:
        if not settle(self._connection, claim.hold, OutboxState.SENT, self._now, profile.alert):
            return  # who is there now may be somebody new
        if profile.alert:
            _log.error(
                "profiles cannot be read",
                extra={"account": claim.place.account, "what_to_do": profile.alert},
            )
        if thread is None:
            return
        thread.first_name = profile.first_name or None
        thread.last_name = profile.last_name or None
        if profile.guest and thread.guest is None:
            thread.guest = True
        thread.profile_read_at = self._now
        thread.visitor_changed = True
        self._batch.touch(thread)

    def _unknown(self, claim: Claim, reason: str) -> None:
        if settle(self._connection, claim.hold, OutboxState.UNKNOWN, self._now, reason):
            self._mark(claim, Delivery.UNCERTAIN, reason)

    def _failed(self, claim: Claim, state: OutboxState, reason: str, thread: Thread | None) -> None:
        if not settle(self._connection, claim.hold, state, self._now, reason):
            return
        self._mark(claim, Delivery.FAILED, reason)
        if claim.kind is Work.CAPTURE_PROMPT and thread:
            apply(self._batch, thread, PromptFailed(self._now, reason), self._rules)

    def _again(self, claim: Claim, error: SendError) -> None:
        counts = error.trouble is None
        alone = counts or error.trouble is Trouble.UNREACHABLE  # others may well get through
        pause = error.retry_after or _pause(claim.attempts)
        due_at = self._now + (pause if alone else timedelta(0))
        postpone(self._connection, claim.hold, due_at, error.reason, counts=counts)

    def _mark(self, claim: Claim, delivery: Delivery, reason: str) -> None:
        if claim.hold.message_id:
            set_delivery(self._connection, claim.hold.message_id, delivery, self._now, reason)

    def _settle_accounts(self, results: Sequence[tuple[Claim, Outcome]]) -> None:
        by_account: dict[tuple[str, str], list[Outcome]] = {}
        for claim, outcome in results:
            by_account.setdefault((claim.place.channel, claim.place.account), []).append(outcome)
        for key in sorted(by_account):
            self._settle_account(key, by_account[key])

    def _settle_account(self, key: tuple[str, str], outcomes: list[Outcome]) -> None:
        before = lock_account(self._connection, *key, self._now)
        troubles = [trouble for one in outcomes if (trouble := _trouble(one))]
        account = before if troubles else after_success(before, self._now)
        for error in troubles:
            credential = self._credentials.get(key, "")
            account = after_trouble(account, error, self._now, credential)
        save_account(self._connection, account, self._now)
        if account.state is AccountState.STOPPED and before.state is not AccountState.STOPPED:
            _log.error("page stopped", extra={"account": key[1], "reason": account.reason})

    def hints(self) -> list[Hint]:
        """Name the conversations in which a message has come further, or not arrived."""
        return [
            Hint(room_of(thread.place), thread.conversation_id, thread.last_seq)
            for thread in self._threads.values()
            if thread.conversation_id
        ]


def _places(results: Sequence[tuple[Claim, Outcome]]) -> set[Place]:
    places = {claim.place for claim, _ in results}
    for _, outcome in results:
        if isinstance(outcome, Found):
            places.update(outcome.places)
    return places


def settle_orphans(connection: sa.Connection, now: datetime, limit: int) -> None:
    """Let go of what a dead worker held: looking up is done again, speaking never is."""
    ids = find_orphans(connection, now, limit)
    if not ids:
        return
    lock_visitors(connection, find_visitors(connection, ids))
    for row in lock_rows(connection, ids):
        if row.state is not OutboxState.SENDING:
            continue
        hold = Hold(row.id, row.lease)
        if row.kind in _REPEATABLE:
            postpone(connection, hold, now, UNCONFIRMED, counts=True)
        elif settle(connection, hold, OutboxState.UNKNOWN, now, UNCONFIRMED) and row.message_id:
            set_delivery(connection, row.message_id, Delivery.UNCERTAIN, now, UNCONFIRMED)


def _trouble(outcome: Outcome) -> SendError | None:
    match outcome:
        case SendError(trouble=Trouble()):
            return outcome
        case OutcomeUnknownError(reason=reason):  # the breaker saves the others from the same end
            return SendError(reason, trouble=Trouble.UNREACHABLE)
        case _:
            return None


def _pause(attempts: int) -> timedelta:
    return min(_FIRST_PAUSE * (1 << attempts), _LONGEST_PAUSE)
