"""Reads what an address says about the page before it."""

from collections.abc import Mapping

from aiohttp import web


def read_said(request: web.Request, sentences: Mapping[str, str]) -> str:
    """Say what was done before this page was shown."""
    return sentences.get(request.query.get("said", ""), "")
