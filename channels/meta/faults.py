"""Why something authentic can't be understood."""

from enum import StrEnum


class FaultReason(StrEnum):
    """Faults of pieces that become dead letters."""

    BAD_ENCODING = "bad_encoding"
    NOT_AN_ENVELOPE = "not_an_envelope"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    BAD_ENTRY = "bad_entry"
    BAD_ITEM = "bad_item"
    BAD_EVENT = "bad_event"
    BAD_SENDER = "bad_sender"
    NO_KEY = "no_key"
    NO_TEXT = "no_text"


class UnreadableItemError(Exception):
    """Make a fault with this reason of the piece at hand."""

    def __init__(self, reason: FaultReason) -> None:
        super().__init__(reason.value)
        self.reason = reason
