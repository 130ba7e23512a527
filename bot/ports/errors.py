"""The errors of the machine's edge: their type says what to do."""

from datetime import timedelta
from enum import StrEnum


class Trouble(StrEnum):
    """The trouble of a whole account that a refusal tells of."""

    THROTTLED = "throttled"
    """Pause the account until `retry_after` has passed."""
    BLOCKED = "blocked"
    """Stop it and tell the operator once; ask again seldom, for asking prolongs it."""
    CREDENTIALS = "credentials"
    """Stop it and tell the operator once: it wants another token, password or permission."""
    REFUSED = "refused"
    """Stop it and tell the operator once: the fault is ours, and what is refused is kept."""
    GONE = "gone"
    """Stop it and tell the operator once: the other side says that it is there no more."""
    UNREACHABLE = "unreachable"
    """Nobody answers there: count towards the breaker, not as an attempt."""


class Cause(StrEnum):
    """Why a message can never arrive."""

    RECIPIENT_GONE = "recipient_gone"
    WINDOW_CLOSED = "window_closed"
    NOT_OWNER = "not_owner"
    REJECTED = "rejected"
    """The message itself is at fault, and so are we."""


class _ExplainedError(Exception):
    """An error whose reason is a sentence of our own, fit for agents."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SendError(_ExplainedError):
    """Surely not carried out: try again, not before `retry_after` if there is one."""

    def __init__(
        self,
        reason: str,
        *,
        trouble: Trouble | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(reason)
        self.trouble = trouble
        self.retry_after = retry_after


class UndeliverableError(_ExplainedError):
    """Never try this again."""

    def __init__(self, reason: str, cause: Cause) -> None:
        super().__init__(reason)
        self.cause = cause


class OutcomeUnknownError(_ExplainedError):
    """Handed over, but the answer is lost: ask or wait, never blindly repeat."""


class OurSendError(SendError):
    """Our own database was away before a request: try again; it says nothing of the account."""


class OurFaultError(OutcomeUnknownError):
    """An attempt failed by a fault of our own: its outcome says nothing of the account."""


class SchemaError(Exception):
    """The database's schema is not this code's to change; the text says what to do."""


class UnavailableError(Exception):
    """The database can't take it now: nothing was stored, send it again later."""


class SlowError(UnavailableError):
    """The database gave up after its time limit: less at once may be taken."""


class HeldError(UnavailableError):
    """Another transaction holds a row: try again in a moment, and let others go first."""
