"""The columns that hold a visitor's state, and how each value is written and read."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from bot.core.model import Assurance, CaptureState, Consent, Source, Status
from bot.storage.database.bulk import Row
from bot.storage.tables import parse_time, time_text


class _Column(NamedTuple):
    """A column of a row, and the path to its value from a VisitorState."""

    name: str
    path: str
    write: Callable[[Any], object] | None = None
    read: Callable[[Any], object] | None = None
    is_read: bool = True
    """False: another row's column says the same."""


class Columns:
    """The columns of one table in their order."""

    def __init__(self, columns: Sequence[_Column]) -> None:
        """Lay rows out in this order."""
        self.names = tuple(column.name for column in columns)
        self._get = attrgetter(*(column.path for column in columns))
        self._writers = [(i, column.write) for i, column in enumerate(columns) if column.write]
        self._readers = [(i, column.read) for i, column in enumerate(columns) if column.read]
        self._fields: dict[str, list[tuple[str, int]]] = {}
        for index, column in enumerate(columns):
            owner, _, field = column.path.rpartition(".")
            if column.is_read:
                self._fields.setdefault(owner, []).append((field, index))

    def lay_out(self, state: object) -> Row:
        """Write the values of a VisitorState in the order of `names`."""
        values = list(self._get(state))
        for index, write in self._writers:
            values[index] = write(values[index])
        return tuple(values)

    def read(self, row: Iterable[Any]) -> dict[str, dict[str, Any]]:
        """Read values in the order of `names`: fields by their owner's path."""
        values = list(row)
        for index, read in self._readers:
            values[index] = read(values[index])
        return {
            owner: {field: values[index] for field, index in fields}
            for owner, fields in self._fields.items()
        }


def _write_moment(moment: datetime | None) -> str | None:
    return None if moment is None else time_text(moment)


def _read_moment(value: str | datetime | None) -> datetime | None:
    return None if value is None else parse_time(value)


def _write_moments(moments: Iterable[datetime]) -> str | None:
    return " ".join(map(time_text, moments)) or None


def _read_moments(value: str | None) -> tuple[datetime, ...]:
    return tuple(map(parse_time, value.split())) if value else ()


def _if_any(convert: Callable[[Any], object]) -> Callable[[Any], object]:
    """Convert what is there, and leave nothing as it is."""
    return lambda value: None if value is None else convert(value)


def _moment(name: str, path: str) -> _Column:
    return _Column(name, path, _write_moment, _read_moment)


def _flag(name: str, path: str) -> _Column:
    return _Column(name, path, int, bool)


def _sparse(name: str, path: str, of: Callable[[Any], object]) -> _Column:
    """Leave the column empty while the number or the flag is not set, as it mostly is."""
    return _Column(name, path, lambda value: int(value) or None, lambda value: of(value or 0))


def _word(name: str, path: str, of: Callable[[Any], object]) -> _Column:
    return _Column(name, path, lambda value: value and str(value), _if_any(of))


VISITOR_COLUMNS = Columns(
    (
        _Column("channel", "place.channel"),
        _Column("account", "place.account"),
        _Column("external_id", "place.external_id"),
        _Column("guest", "guest", _if_any(int), _if_any(bool)),
        _Column("first_name", "first_name"),
        _Column("last_name", "last_name"),
        _moment("profile_read_at", "profile_read_at"),
        _Column("contact_id", "contact_id"),
        _word("contact_assurance", "contact_assurance", Assurance),
        _moment("created_at", "created_at"),
        _Column("answer_to", "answer_to"),
        _Column("search_line", "search_line", is_read=False),
    )
)

_TALK, _CAPTURE = "conversation.", "conversation.capture."
CONVERSATION_COLUMNS = Columns(
    (
        _Column("visitor_id", "visitor_id", is_read=False),
        _Column("channel", _TALK + "channel"),
        _Column("account", "place.account", is_read=False),
        _word("status", _TALK + "status", Status),
        _Column("locale", _TALK + "locale"),
        _Column("zone", _TALK + "zone"),
        _flag("stopped", _TALK + "stopped"),
        _sparse("closed_for_others", _TALK + "closed_for_others", bool),
        _Column("unanswered", _TALK + "unanswered"),
        _moment("waiting_since", _TALK + "waiting_since"),
        _moment("agent_wrote_at", _TALK + "agent_wrote_at"),
        _moment("visitor_seen_at", _TALK + "visitor_seen_at"),
        _moment("page_wrote_at", _TALK + "page_wrote_at"),
        _flag("owned_elsewhere", _TALK + "owned_elsewhere"),
        _moment("owner_known_at", _TALK + "owner_known_at"),
        _Column("away_period", _TALK + "away_period"),
        _Column("email", _TALK + "email"),
        _word("email_source", _TALK + "email_source", Source),
        _Column("proved_email", _TALK + "proved_email"),
        _Column("beside_email", _TALK + "beside_email"),
        _word("capture_state", _CAPTURE + "state", CaptureState),
        _Column("capture_reason", _CAPTURE + "reason"),
        _moment("capture_due_at", _CAPTURE + "due_at"),
        _flag("capture_by_hand", _CAPTURE + "by_hand"),
        _moment("asked_at", _CAPTURE + "asked_at"),
        _flag("agent_wrote_since_asked", _CAPTURE + "agent_wrote_since_asked"),
        _Column("hints", _CAPTURE + "hints"),
        _Column("typed_email", _CAPTURE + "typed_email"),
        _Column("suggested_email", _CAPTURE + "suggested_email"),
        _Column("offered_email", _CAPTURE + "offered_email"),
        _Column("confirm_email", _CAPTURE + "confirm_email"),
        _Column("consent_text", _CAPTURE + "consent_text"),
        _word("consent", _CAPTURE + "consent", Consent),
        _Column("emails_given_at", _CAPTURE + "given_at", _write_moments, _read_moments),
        _moment("email_limit_told_at", _CAPTURE + "limit_told_at"),
        _Column("assignee", "assignee"),
        _Column("version", "version"),
        _Column("last_seq", "last_seq"),
        _Column("answered_seq", "answered_seq"),
        _moment("last_message_at", "last_message_at"),
        _moment("delivered_up_to", "delivered_up_to"),
        _moment("seen_up_to", "seen_up_to"),
        _sparse("owner_after_seq", "owner_after_seq", int),
        _Column("created_at", "created_at", time_text, is_read=False),
    )
)
