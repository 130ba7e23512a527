"""What pages say at once in many conversations, as hashes: that tells programs from people."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.automatic import normalise
from bot.core.model import ConversationId, VisitorKey
from bot.storage.database.bulk import Insertion
from bot.storage.tables import page_echoes, time_text
from bot.storage.visitors.visitor_states import VisitorState

_COLUMNS = ("text_hash", "conversation_id", "at")
_MOST_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class NewPageEcho:
    """What a page has just said, soon after a visitor's message."""

    thread: VisitorState
    text_hash: str
    at: datetime


def hash_of_echo(place: VisitorKey, text: str) -> str:
    """Hash what a page said, so that it is known again from this page alone."""
    said = f"{place.channel}\n{place.account}\n{normalise(text)}"
    return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()


def find_echoed(
    connection: sa.Connection, hashes: Collection[str], since: datetime
) -> dict[str, set[ConversationId]]:
    """Say in which conversations the same was said since a moment."""
    found: dict[str, set[ConversationId]] = {one: set() for one in hashes}
    here = page_echoes.c
    for one in sorted(hashes):
        query = sa.select(here.conversation_id).where(here.text_hash == one, here.at >= since)
        rows = connection.execute(query.limit(_MOST_LOOKED_AT))
        found[one].update(ConversationId(row.conversation_id) for row in rows)
    return found


def insert_echoes(echoes: Iterable[NewPageEcho]) -> Insertion:
    """Keep what pages said in conversations that have ids by now; the last time counts."""
    rows = {
        (one.text_hash, one.thread.conversation_id): time_text(one.at)
        for one in echoes
        if one.thread.conversation_id
    }
    conflict = "ON CONFLICT (text_hash, conversation_id) DO UPDATE SET at = excluded.at"
    laid_out = [(*key, at) for key, at in sorted(rows.items())]
    return Insertion("page_echoes", _COLUMNS, laid_out, conflict)
