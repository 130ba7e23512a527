"""Judges what pages write elsewhere: a person's answer, or a program's that answers nobody."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.core.arrivals import Arrival, EchoSeen
from bot.core.automatic import REPEATED_WITHIN, comes_soon, is_automatic
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.page_echoes import NewPageEcho, find_echoed, hash_of_echo
from bot.storage.visitors.visitor_states import VisitorState


@dataclass(frozen=True, slots=True)
class EchoJudge:
    """Knows in which conversations the pages of a group have said the same of late."""

    batch: Batch
    said_in: dict[str, set[int]]
    """By the hash of what was said; conversations that have no id yet by their states'."""

    @classmethod
    def read(
        cls, connection: sa.Connection, batch: Batch, arrivals: Sequence[Arrival]
    ) -> "EchoJudge":
        """Look up what the group's echoes repeat; without any there is no statement."""
        hashes = {
            hash_of_echo(arrival.place, arrival.report.text)
            for arrival in arrivals
            if isinstance(arrival.report, EchoSeen) and _is_open(arrival.report)
        }
        found = find_echoed(connection, hashes, batch.now - REPEATED_WITHIN)
        return cls(batch, {text: set(map(int, talks)) for text, talks in found.items()})

    def is_automatic(self, thread: VisitorState, echo: EchoSeen) -> bool:
        """Say whether a program of the page wrote it, and remember what it said."""
        talk = thread.conversation
        if talk is None or not _is_open(echo) or not comes_soon(talk, echo):
            return is_automatic(talk, echo)
        said, own = hash_of_echo(thread.place, echo.text), thread.conversation_id or id(thread)
        others = self.said_in.setdefault(said, set())
        judged = is_automatic(talk, echo, len(others - {own}))
        others.add(own)
        self.batch.page_echoes.append(NewPageEcho(thread, said, echo.at))
        return judged


def _is_open(echo: EchoSeen) -> bool:
    """Say whether the channel leaves it to what was said, and when, who wrote it."""
    return echo.automatic is None and bool(echo.text.strip())
