"""Homes of browsers: the conversation that a browser reads."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from bot.core.model import VisitorKey
from bot.ports.visitor_view import VisitorConversations
from channels.webchat.identity import Identity

_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Homes:
    """Asks once for each browser: reading and writing look again, and find what is so by then."""

    rooms: VisitorConversations
    _own: OrderedDict[VisitorKey, None] = field(default_factory=OrderedDict)

    async def find(self, identity: Identity) -> Identity:
        """Say who a browser is with the conversation that it reads, or read a moment ago."""
        return identity if identity.own_place in self._own else await self.find_now(identity)

    async def find_now(self, identity: Identity) -> Identity:
        """Say who a browser is by now: by a code it may have come to another conversation."""
        place = identity.own_place
        home = await asyncio.to_thread(self.rooms.find_home, place)
        if home is not None:
            return replace(identity, home=home)
        self._own[place] = None
        if len(self._own) > _MOST:
            self._own.popitem(last=False)
        return identity
