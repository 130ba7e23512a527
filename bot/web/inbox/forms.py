"""Reads forms of pages, and what an address says about the last one."""

from collections.abc import Mapping

from aiohttp import web

_MOST_DIGITS = 18


async def read_form(request: web.Request) -> dict[str, str]:
    """Read the fields; of several with one name the last counts."""
    return {name: str(value) for name, value in (await request.post()).items()}


def read_number(request: web.Request, name: str) -> int:
    """Read an id in the path; what can't be one names nothing."""
    text = request.match_info[name]
    if len(text) > _MOST_DIGITS or not text.isascii():
        raise web.HTTPNotFound
    return int(text)


def read_said(request: web.Request, sentences: Mapping[str, str]) -> str:
    """Say what was done before this page was shown."""
    return sentences.get(request.query.get("said", ""), "")
