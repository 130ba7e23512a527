"""How long what is stored is kept."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Keeping:
    """The operator's wishes; what has none of its own is kept as long as its conversation."""

    conversations: timedelta | None = None
    """Those of visitors without a contact, since their last message; None: for ever."""
    audit: timedelta = timedelta(days=730)
    """And that a person was erased, or asked for it."""
    dead_letters: timedelta = timedelta(days=90)
    outbox: timedelta = timedelta(days=30)
    """Settled work, but for what keeps a thing from being sent twice."""
