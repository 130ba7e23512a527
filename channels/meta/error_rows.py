"""The rows of the error tables: what Graph's codes mean for all products, and for messages."""

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import NamedTuple, TypeAlias


class Verdict(Enum):
    """The classes that all codes fall into."""

    TRANSIENT = auto()
    UNREACHABLE = auto()
    THROTTLED = auto()
    BLOCKED = auto()
    CREDENTIALS = auto()
    WINDOW_CLOSED = auto()
    RECIPIENT_GONE = auto()
    NOT_ALLOWED = auto()
    """This one thing may not be done for this person; the account may do all others."""
    NOT_OWNER = auto()
    REJECTED = auto()
    UNKNOWN = auto()


Both: TypeAlias = Mapping[tuple[int, int], Verdict]
Either: TypeAlias = Mapping[int, Verdict]
_NO_PAIRS: Both = MappingProxyType({})
_NO_CODES: Either = MappingProxyType({})


class Rows(NamedTuple):
    """The rows of a table: by code and subcode, by a number that is either, and by code alone."""

    by_both: Both = _NO_PAIRS
    by_either: Either = _NO_CODES
    by_code: Either = _NO_CODES

    def over(self, other: "Rows") -> "Rows":
        """Put these rows before another table's."""
        return Rows(
            {**other.by_both, **self.by_both},
            {**other.by_either, **self.by_either},
            {**other.by_code, **self.by_code},
        )

    def find(self, code: int, subcode: int) -> Verdict | None:
        """Find the row that says most, if there is one."""
        return (
            self.by_both.get((code, subcode))
            or self.by_either.get(code)
            or self.by_either.get(subcode)
            or self.by_code.get(code)
        )


COMMON = Rows(
    by_both={
        (1, 1357046): Verdict.UNKNOWN,  # "all sent successfully, but the endpoint returns an error"
    },
    by_code={
        3: Verdict.CREDENTIALS,
        4: Verdict.THROTTLED,
        17: Verdict.THROTTLED,
        32: Verdict.THROTTLED,
        102: Verdict.CREDENTIALS,
        190: Verdict.CREDENTIALS,
        341: Verdict.THROTTLED,
        368: Verdict.BLOCKED,
        613: Verdict.THROTTLED,
    },
)
"""What holds for Graph whatever is asked of it."""

MESSAGING = Rows(
    by_both={
        (10, 1893063): Verdict.BLOCKED,
        (10, 2018065): Verdict.WINDOW_CLOSED,
        (10, 2018108): Verdict.RECIPIENT_GONE,
        (10, 2018278): Verdict.WINDOW_CLOSED,
        (10, 2534022): Verdict.WINDOW_CLOSED,
        (100, 2018001): Verdict.RECIPIENT_GONE,
        (100, 2534037): Verdict.NOT_OWNER,
        (200, 1545041): Verdict.RECIPIENT_GONE,
        (613, 2018338): Verdict.BLOCKED,
    },
    # Seen as codes of their own and as subcodes of others.
    by_either={2018300: Verdict.NOT_OWNER, 2018321: Verdict.NOT_OWNER},
    by_code={
        230: Verdict.NOT_ALLOWED,  # a permission that this person has not given; the token is good
        551: Verdict.RECIPIENT_GONE,
        2022: Verdict.BLOCKED,
        80006: Verdict.THROTTLED,
        9000001: Verdict.REJECTED,  # about a message that was deleted meanwhile
    },
).over(COMMON)
"""What holds where messages go by `/messages` of a page or of an account that is linked to one."""
