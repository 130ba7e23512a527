"""Reads whole numbers out of addresses, forms and frames: only such as every engine can keep."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TypeGuard

from aiohttp import web

from bot.edge.bodies import UnreadableError

LAST_ID = 2**63 - 1
LAST_SEQ = 2**31 - 1
_MOST_DIGITS = len(str(LAST_ID))


def as_number(text: str) -> int | None:
    """Read ASCII digits; None: it is no number, or one too large to be stored."""
    if not (text.isascii() and text.isdecimal()) or len(text) > _MOST_DIGITS:
        return None
    number = int(text)
    return number if number <= LAST_ID else None


def read_number(given: Mapping[str, str], name: str, most: int) -> int | None:
    """Read a number out of a query or a form; what is larger than sensible is made smaller.

    None: it is left out. Raises UnreadableError.
    """
    text = given.get(name, "")
    if not text:
        return None
    number = as_number(text)
    if number is None:
        raise UnreadableError(
            HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", f"{name}: a whole number is needed."
        )
    return min(number, most)


def read_path_number(request: web.Request, name: str = "id", most: int = LAST_ID) -> int:
    """Read a number out of a path, or raise HTTPNotFound: what is none names nothing."""
    number = as_number(request.match_info[name])
    if number is None or number > most:
        raise web.HTTPNotFound
    return number


def is_id(value: object) -> TypeGuard[int]:
    """Say whether a value of a JSON frame can be the id of something stored."""
    return type(value) is int and 0 < value <= LAST_ID
