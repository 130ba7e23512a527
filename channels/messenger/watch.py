"""Looks now and then whether Meta still tells us of a page, and still listens."""

from dataclasses import dataclass

from bot.ports.errors import SendError, Trouble
from channels.meta.doctor import read_identity, read_subscriptions
from channels.meta.graph import PageGraph


@dataclass(frozen=True, slots=True)
class PageWatch:
    """A watched page and its app."""

    page: str
    graph: PageGraph
    app_id: str | None

    def look(self) -> str | None:
        """Say what is wrong for good; what may pass by itself is none of it."""
        try:
            read_identity(self.graph)
            if self.app_id and not self._is_subscribed(self.app_id):
                return (
                    "Meta tells this server nothing of the page any more: its webhook was switched"
                    " off. ./run check says how to switch it on."
                )
        except SendError as error:
            return error.reason if error.trouble is Trouble.CREDENTIALS else None
        return None

    def _is_subscribed(self, app_id: str) -> bool:
        found = read_subscriptions(self.graph, self.page)
        return any(one.app_id == app_id and "messages" in one.fields for one in found)
