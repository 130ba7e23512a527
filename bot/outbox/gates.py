"""Gates of accounts: whether messages may leave, and the one that probes a stopped account."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.ports.errors import OutcomeUnknownError, SendError, Trouble
from bot.storage.outbox.accounts import Account, AccountState

PROOF_LASTS = timedelta(minutes=5)
_PROOF_IS_FRESH = timedelta(minutes=1)  # a better one would only be written for its own sake
PROBE_LASTS = timedelta(seconds=15)  # longer than a send may take
_MOST_FAILURES = 5
_PAUSE = timedelta(minutes=5)
_LASTING = 3  # probes that reached nobody
STOPPING = frozenset({Trouble.CREDENTIALS, Trouble.BLOCKED, Trouble.REFUSED, Trouble.GONE})
"""The troubles that do not pass by waiting alone."""


@dataclass(slots=True)
class Gate:
    """Counts who passes through an account in one claim."""

    account: Account
    now: datetime
    changed: bool = False

    def is_open(self) -> bool:
        """Say whether one more may pass."""
        match self.account.state:
            case AccountState.OK:
                return True
            case AccountState.PAUSED | AccountState.PROBING:
                return self.account.may_be_tried(self.now)
            case AccountState.STOPPED:
                return False

    def let_pass(self) -> None:
        """Count one that passes; where nothing proves that it will arrive, it goes alone."""
        if is_proved(self.account, self.now):
            return
        until = self.now + PROBE_LASTS
        self.account = replace(self.account, state=AccountState.PROBING, until=until)
        self.changed = True


@dataclass(slots=True)
class Heard:
    """The outcomes of a transaction's attempts for one account."""

    credential: str
    pause: timedelta
    """How long it is left alone when nobody answers there."""
    troubles: list[SendError] = field(default_factory=list)

    def note(self, outcome: object) -> None:
        """Count an outcome."""
        match outcome:
            case SendError(trouble=Trouble()):
                self.troubles.append(outcome)
            case OutcomeUnknownError(reason=reason):  # saves the others from the same end
                self.troubles.append(SendError(reason, trouble=Trouble.UNREACHABLE))


def is_proved(account: Account, now: datetime) -> bool:
    """Say whether the account is open for all, and nothing is to be written when they pass."""
    proved_at = account.proved_at
    proved = proved_at is not None and proved_at + PROOF_LASTS > now
    return account.state is AccountState.OK and proved


def after_success(account: Account, now: datetime) -> Account:
    """Open the account for all, unless it was closed after this one had left."""
    if account.state in {AccountState.PAUSED, AccountState.STOPPED}:
        return account
    fresh = account.proved_at is not None and account.proved_at + _PROOF_IS_FRESH > now
    if account.state is AccountState.OK and fresh and not account.failures:
        return account
    return replace(
        account, state=AccountState.OK, reason=None, until=None, failures=0, proved_at=now
    )


def after_trouble(account: Account, error: SendError, heard: Heard, now: datetime) -> Account:
    """Pause or stop the account as the refusal asks; an ordinary one changes nothing."""
    if account.state is AccountState.STOPPED:
        return account  # only a look changes that, or another credential
    match error.trouble:
        case None:
            return after_success(account, now)
        case trouble if trouble in STOPPING:
            return replace(
                account,
                state=AccountState.STOPPED,
                reason=error.reason,
                until=None,
                credential=heard.credential,
            )
        case Trouble.THROTTLED:
            until = _later(account, now + (error.retry_after or _PAUSE))
            return replace(account, state=AccountState.PAUSED, reason=error.reason, until=until)
        case _:
            failures = account.failures + 1
            if failures < _MOST_FAILURES and account.state is AccountState.OK:
                return replace(account, failures=failures)
            return replace(
                account,
                state=AccountState.PAUSED,
                reason=error.reason,
                until=_later(account, now + heard.pause),
                failures=failures,
            )


def find_cause(before: Account, after: Account, heard: Heard) -> SendError | None:
    """Say by which trouble an account was stopped just now; None: it was not."""
    if after.state is AccountState.STOPPED and before.state is not AccountState.STOPPED:
        return next(each for each in heard.troubles if each.trouble in STOPPING)
    is_lasting = before.state is AccountState.PROBING and after.failures >= _LASTING
    if after.state is AccountState.PAUSED and is_lasting:
        return next((each for each in heard.troubles if each.trouble is Trouble.UNREACHABLE), None)
    return None


def open_for_one(account: Account, now: datetime) -> Account:
    """Let one row pass a closed account, to see whether it works again."""
    if account.state not in {AccountState.PAUSED, AccountState.STOPPED}:
        return account
    return replace(account, state=AccountState.PAUSED, until=now)


def _later(account: Account, until: datetime) -> datetime:
    paused = account.state is AccountState.PAUSED and account.until is not None
    return max(account.until, until) if paused and account.until else until
