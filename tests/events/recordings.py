"""Meta's recorded deliveries, told of other people and of now."""

import json
from typing import Any

from tests.channels.messenger.deliveries import OTHER_PAGE, PAGE, SENT, recording
from tests.events.meta import BEGAN

_LATER = int(BEGAN * 1_000) - SENT
_NAMES_OF_PEOPLE = {"id", "user_ref", "identifier"}
_NAMES_OF_TIMES = {"timestamp", "time", "watermark"}
_NOT_PEOPLE = {PAGE, OTHER_PAGE, "999"}
_MILLISECONDS, _SECONDS = 13, 10


def recorded(name: str, number: int, *, earlier: float = 0) -> dict[str, Any]:  # Any: foreign JSON
    """Read a recording, moved to now and to people and keys that bear a number."""
    body = _retold(json.loads(recording(name)), "", f"{number:04}", _LATER - int(earlier * 1_000))
    assert isinstance(body, dict)
    return body


def _retold(value: Any, name: str, mark: str, later: int) -> Any:  # noqa: ANN401 - as above
    match value:
        case dict():
            return {key: _retold(each, key, mark, later) for key, each in value.items()}
        case list():
            return [_retold(each, name, mark, later) for each in value]
        case str() | int() if value and not isinstance(value, bool):
            return _told_anew(value, name, mark, later)
        case _:
            return value


def _told_anew(value: str | int, name: str, mark: str, later: int) -> str | int:
    if name in _NAMES_OF_PEOPLE and str(value) not in _NOT_PEOPLE:
        return type(value)(f"{value}{mark}")
    if name in {"mid", "mids"}:
        return type(value)(f"{value}{mark}")
    return _moved(value, later) if name in _NAMES_OF_TIMES else value


def _moved(moment: str | int, later: int) -> str | int:
    length = len(str(moment))
    if length == _MILLISECONDS:
        return type(moment)(int(moment) + later)
    return type(moment)(int(moment) + later // 1_000) if length == _SECONDS else moment
