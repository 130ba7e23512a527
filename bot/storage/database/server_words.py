"""What a database server says of a failure, fit to be shown to who may not know where it is."""

import re

import sqlalchemy as sa

_HIDDEN = "…"
_QUOTED = re.compile(r'"[^"]*"|«[^«»]*»|„[^„“]*“|`[^`\']*\'')
_ADDRESS = re.compile(
    r"\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|(?<![0-9a-fA-F])[0-9a-fA-F]{0,4}:[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{1,39}"
)
_PATH = re.compile(r"(?<!\w)/[\w./-]+")


def hide_places(words: str, url: sa.URL) -> str:
    """Leave out hosts, users, databases, files and everything else that stands in quotes."""
    for pattern in (_QUOTED, _ADDRESS, _PATH):
        words = pattern.sub(_HIDDEN, words)
    named = (url.host, url.username, url.password, url.database)
    for name in sorted(filter(None, named), key=len, reverse=True):
        words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", _HIDDEN, words)
    return words
