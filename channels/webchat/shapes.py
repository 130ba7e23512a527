"""Shapes of requests, field by field."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bot.core.files import MOST_FILES
from bot.edge.numbers import LAST_SEQ, as_number

MOST_IN_TEXT = 4_000
MOST_IN_CLIENT_ID = 100
MOST_IN_PAGE = 100
MOST_IN_CODE = 20
MOST_IN_FILE_ID = 100
NEWEST = 50
_MOST_IN_EMAIL = 320
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe0e\ufe0f\uffa0")


def _number(text: object) -> object:
    number = as_number(text) if isinstance(text, str) else None
    return text if number is None else number


def _check_storable(text: str) -> str:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        message = "it holds a character that can't be stored"
        raise ValueError(message)
    return text


def _strip(text: str) -> str:
    stripped = _check_storable(text).strip()
    if all(_is_blank(letter) for letter in stripped):
        message = "it is blank"
        raise ValueError(message)
    if len(stripped) > MOST_IN_TEXT:
        message = f"at most {MOST_IN_TEXT} characters"
        raise ValueError(message)
    return stripped


def _is_blank(letter: str) -> bool:
    return letter in _INVISIBLE or unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp", "Zs"}


def _strip_if_any(text: str) -> str:
    return "" if not text or text.isspace() else _strip(text)


def _check_files(ids: list[str]) -> list[str]:
    if len(ids) > MOST_FILES:
        message = f"at most {MOST_FILES} files"
        raise ValueError(message)
    if len(ids) != len(set(ids)):
        message = "one file stands there twice"
        raise ValueError(message)
    return ids


def _mend(text: object) -> object:
    # a page's title may be cut between the halves of a letter
    return text.encode(errors="replace").decode() if isinstance(text, str) else text


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


_Seq = Annotated[int, BeforeValidator(_number), Field(ge=0, le=LAST_SEQ)]
_Limit = Annotated[int, BeforeValidator(_number), Field(ge=1)]
_Claimed = Annotated[str, BeforeValidator(_mend)]


class NoFields(_Given):
    """An empty body."""


class Page(_Given):
    """The page that a visitor is on; unusable parts refuse no message."""

    url: _Claimed = ""
    title: _Claimed = ""
    referrer: _Claimed = ""


class PostedMessage(_Given):
    """A visitor's message with its own id, which makes repeating it safe."""

    text: Annotated[str, AfterValidator(_strip_if_any)] = ""
    client_id: Annotated[
        str, Field(min_length=1, max_length=MOST_IN_CLIENT_ID), AfterValidator(_check_storable)
    ]
    page: Page | None = None
    files: Annotated[
        list[Annotated[str, Field(max_length=MOST_IN_FILE_ID), AfterValidator(_check_storable)]],
        AfterValidator(_check_files),
    ] = Field(default_factory=list)
    """The ids of uploads of the same browser; with some, the text may be empty."""
    zone: _Claimed = ""
    """The browser's time zone, an IANA name; another word refuses no message."""


class NewEmail(_Given):
    """An address, and whether the box beside it was ticked."""

    email: Annotated[
        str, Field(min_length=1, max_length=_MOST_IN_EMAIL), AfterValidator(_check_storable)
    ]
    consent: bool = False


class ProofWish(_Given):
    """A code from a mail; without one, the wish for such a mail."""

    code: Annotated[str, Field(max_length=MOST_IN_CODE), AfterValidator(_check_storable)] | None = (
        None
    )


class Pages(_Given):
    """Which messages: at most one of the two numbers."""

    after_seq: _Seq | None = None
    before_seq: _Seq | None = None
    limit: _Limit | None = None


class FrameQuery(BaseModel):
    """The loader's options for the frame; unknown ones are ignored."""

    origin: str = ""
    lang: str = ""
    dir: str = ""
