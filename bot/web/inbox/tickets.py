"""Tickets for sockets: a page of another site can make a browser send its cookie, but has none."""

import asyncio
from dataclasses import dataclass

from bot.desk.one_time_tokens import SOCKET, SOCKET_LASTS, OneTimeTokens
from bot.desk.sessions import hash_token


@dataclass(frozen=True, slots=True)
class Tickets:
    """Gives tickets out, each good once, for a moment, and with its own session only."""

    passes: OneTimeTokens

    def issue(self, session: str) -> str:
        """Write a ticket."""
        return self.passes.write(SOCKET, hash_token(session), SOCKET_LASTS)

    async def redeem(self, ticket: str, session: str) -> bool:
        """Take a ticket, if it is a good one of this session."""
        subject = await asyncio.to_thread(self.passes.take, SOCKET, ticket)
        return subject == hash_token(session)
