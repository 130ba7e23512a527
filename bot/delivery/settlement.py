"""Writes down how an attempt ended; only who still holds the lease may."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.apply import apply
from bot.core.events import PromptFailed
from bot.core.model import OutboxId, Place, VisitorId
from bot.delivery.attempts import Outcome
from bot.delivery.claims import QUEUES, Claim
from bot.delivery.deletions import settle_deletion
from bot.delivery.gates import after_success, after_trouble
from bot.hints import Hint, room_of
from bot.outbox.retrying import Retry, doubling
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
from bot.storage.batch import Batch
from bot.storage.bulk import together
from bot.storage.known import find_known
from bot.storage.message_rows import Delivery
from bot.storage.outbox.accounts import (
    Account,
    AccountKey,
    AccountState,
    find_accounts,
    lock_accounts,
    save_accounts,
)
from bot.storage.outbox.announcements import Announcement, announce
from bot.storage.outbox.due import find_left_behind, find_visitors
from bot.storage.outbox.held import HeldRow, hold_rows, save_rows
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.threads import Thread, lock_places, lock_visitors
from config.rules import CaptureRules

UNCONFIRMED = "It was handed over, but no confirmation came back."
RETRY = Retry(doubling(timedelta(seconds=2), timedelta(minutes=5)), most=20)
_ENDS = {
    Cause.RECIPIENT_GONE: OutboxState.DEAD,
    Cause.WINDOW_CLOSED: OutboxState.EXPIRED,
    Cause.NOT_OWNER: OutboxState.CANCELLED,
    Cause.REJECTED: OutboxState.DEAD,
}
_REPEATABLE = {Work.FETCH_PROFILE, Work.DELETE_PERSON}
_log = logging.getLogger(__name__)


class Ledger:
    """Settles the attempts of one worker in one transaction.

    The number of statements does not depend on the number of attempts.
    """

    def __init__(
        self,
        connection: sa.Connection,
        rules: CaptureRules,
        credentials: Mapping[AccountKey, str],
        now: datetime,
    ) -> None:
        self._batch = Batch(connection, now)
        self._connection = connection
        self._rules = rules
        self._credentials = credentials
        self._now = now
        self._threads: dict[VisitorId, Thread] = {}
        self._keys: set[str] = set()
        self._unsent: set[str] = set()

    def settle_all(self, results: Sequence[tuple[Claim, Outcome]]) -> list[int]:
        """Write all outcomes; returns outbox rows that became due by it."""
        rows = self._hold(results)
        deletions = [each for each in results if each[0].kind is Work.DELETE_PERSON]
        for claim, outcome in results:
            row = rows.get(claim.id)
            if row and claim.kind is not Work.DELETE_PERSON and _is_ours(row, claim, outcome):
                self._settle(row, claim, outcome)
        self._settle_accounts(results)
        due = self._batch.save()
        save_rows(self._connection, rows.values())
        for claim, outcome in deletions:  # last: nothing is written for who is erased here
            row = rows.get(claim.id)
            if row and _is_ours(row, claim, outcome):
                settle_deletion(self._connection, row, outcome, self._now)
        return due

    def _hold(self, results: Sequence[tuple[Claim, Outcome]]) -> dict[OutboxId, HeldRow]:
        # by number, not by place: a visitor may be known by another id since the message left
        visitors = {claim.visitor_id for claim, _ in results if claim.visitor_id}
        self._threads = lock_visitors(self._connection, visitors)
        lock_places(self._connection, _found(results))
        keys = {_key(claim, each) for claim, each in results if isinstance(each, Receipt)}
        with together(self._connection):
            find = find_known(self._connection, keys, {claim.place for claim, _ in results})
        known = find()
        self._keys, self._unsent = set(known.messages), known.unsent
        ids = [claim.id for claim, _ in results]
        return {row.id: row for row in hold_rows(self._connection, ids)}

    def _settle(self, row: HeldRow, claim: Claim, outcome: Outcome) -> None:
        match outcome:
            case Receipt() as receipt:
                self._sent(row, _key(claim, receipt))
            case Profile() as profile:
                self._looked_up(row, profile)
            case OutcomeUnknownError(reason=reason):
                row.settle(OutboxState.UNKNOWN, self._now, reason)
                row.deliver(Delivery.UNCERTAIN, self._now, reason)
            case UndeliverableError() as error:
                self._failed(row, _ENDS[error.cause], error.reason)
            case SendError() as error if RETRY.is_spent(row.attempts):
                self._failed(row, OutboxState.DEAD, error.reason)
            case SendError() as error:
                self._again(row, error)

    def _sent(self, row: HeldRow, key: str) -> None:
        row.settle(OutboxState.SENT, self._now, None)
        row.deliver(Delivery.SENT, self._now)
        if row.provider_key is None and key not in self._keys:  # its echo may have been quicker
            row.provider_key = key
            self._keys.add(key)
        if key in self._unsent and row.message_id:  # by the page's own inbox, while we waited
            self._batch.delete_message(row.message_id)

    def _looked_up(self, row: HeldRow, profile: Profile) -> None:
        row.settle(OutboxState.SENT, self._now, profile.alert)
        if profile.alert:
            _log.error(
                "profiles cannot be read",
                extra={"account": row.account, "what_to_do": profile.alert},
            )
        thread = self._thread(row)
        if thread is None:
            return
        thread.first_name = profile.first_name or None
        thread.last_name = profile.last_name or None
        if profile.guest and thread.guest is None:
            thread.guest = True
        thread.profile_read_at = self._now
        thread.visitor_changed = True
        self._batch.touch(thread)

    def _failed(self, row: HeldRow, state: OutboxState, reason: str) -> None:
        row.settle(state, self._now, reason)
        row.deliver(Delivery.FAILED, self._now, reason)
        thread = self._thread(row)
        if row.kind is Work.CAPTURE_PROMPT and thread:
            apply(self._batch, thread, PromptFailed(self._now, reason), self._rules)

    def _again(self, row: HeldRow, error: SendError) -> None:
        counts = error.trouble is None
        alone = counts or error.trouble is Trouble.UNREACHABLE  # others may well get through
        pause = error.retry_after or RETRY.pause(row.attempts)
        due_at = self._now + (pause if alone else timedelta(0))
        row.postpone(due_at, error.reason, counts=counts)

    def _thread(self, row: HeldRow) -> Thread | None:
        return self._threads.get(row.visitor_id) if row.visitor_id else None

    def _settle_accounts(self, results: Sequence[tuple[Claim, Outcome]]) -> None:
        outcomes: dict[AccountKey, list[Outcome]] = {}
        for claim, outcome in results:
            outcomes.setdefault((claim.place.channel, claim.place.account), []).append(outcome)
        known = find_accounts(self._connection, outcomes)
        # only whom this changes is held: all workers would queue for the same page's row
        changing = {key for key in outcomes if self._changes(known.get(key), outcomes[key])}
        held = lock_accounts(self._connection, changing, self._now)
        after = [self._account_after(held[key], outcomes[key]) for key in sorted(held)]
        save_accounts(self._connection, after, self._now)
        for account in after:
            stopped = account.state is AccountState.STOPPED
            if stopped and held[account.key].state is not AccountState.STOPPED:
                facts = {"account": account.account, "reason": account.reason}
                _log.error("page stopped", extra=facts)
                self._announce_trouble(account)

    def _announce_trouble(self, account: Account) -> None:
        if self._rules.announces:
            trouble = (account.channel, account.account, account.reason or "")
            announce(self._connection, Announcement(troubles=(trouble,)), self._now)

    def _changes(self, account: Account | None, outcomes: Sequence[Outcome]) -> bool:
        return account is None or self._account_after(account, outcomes) != account

    def _account_after(self, account: Account, outcomes: Sequence[Outcome]) -> Account:
        troubles = [trouble for one in outcomes if (trouble := _trouble(one))]
        if not troubles:
            return after_success(account, self._now)
        credential = self._credentials.get(account.key, "")
        for error in troubles:
            account = after_trouble(account, error, self._now, credential)
        return account

    def hints(self) -> list[Hint]:
        """Name the conversations in which a message has come further, or not arrived."""
        return [
            Hint(room_of(thread.place), thread.conversation_id, thread.last_seq)
            for thread in self._threads.values()
            if thread.conversation_id
        ]


def _is_ours(row: HeldRow, claim: Claim, outcome: Outcome) -> bool:
    if row.lease != claim.lease:
        return False  # another one has it now, or its end is known
    # we were given up, for our time was over or the clock leapt; but what we know is still true
    is_late_news = isinstance(outcome, Receipt | UndeliverableError)
    return row.state is OutboxState.SENDING or (row.state is OutboxState.UNKNOWN and is_late_news)


def _key(claim: Claim, receipt: Receipt) -> str:
    return f"{claim.place.channel}/{claim.place.account}/{receipt.provider_key}"


def _found(results: Sequence[tuple[Claim, Outcome]]) -> set[Place]:
    return {place for _, each in results if isinstance(each, Found) for place in each.places}


def settle_orphans(connection: sa.Connection, now: datetime, limit: int) -> None:
    """Let go of what a dead worker held: looking up is done again, speaking never is."""
    kinds = [kind for queue in QUEUES for kind in queue.kinds]
    ids = find_left_behind(connection, kinds, now, limit)
    if not ids:
        return
    lock_visitors(connection, find_visitors(connection, ids))
    rows = [row for row in hold_rows(connection, ids) if row.state is OutboxState.SENDING]
    for row in rows:
        if row.kind in _REPEATABLE:
            row.postpone(now, UNCONFIRMED, counts=True)
        else:
            row.give_up(now, UNCONFIRMED)
            row.deliver(Delivery.UNCERTAIN, now, UNCONFIRMED)
    save_rows(connection, rows)


def _trouble(outcome: Outcome) -> SendError | None:
    match outcome:
        case SendError(trouble=Trouble()):
            return outcome
        case OutcomeUnknownError(reason=reason):  # the breaker saves the others from the same end
            return SendError(reason, trouble=Trouble.UNREACHABLE)
        case _:
            return None
