"""Looks now and then whether Meta still tells us of a page, and still listens."""

from dataclasses import dataclass

from channels.meta.doctor import read_identity, read_subscriptions
from channels.meta.graph import PageGraph


@dataclass(frozen=True, slots=True)
class PageWatch:
    """A watched page and its app."""

    page: str
    graph: PageGraph
    app_id: str | None

    def knock(self) -> str:
        """Ask whose the token is; raises SendError where Graph does not take it."""
        return read_identity(self.graph).name

    def listen(self) -> str | None:
        """Say whether Meta tells our app nothing of the page any more; raises SendError."""
        if self.app_id and not self._is_subscribed(self.app_id):
            return (
                "Meta tells this server nothing of the page any more: its webhook was switched off."
            )
        return None

    def _is_subscribed(self, app_id: str) -> bool:
        found = read_subscriptions(self.graph, self.page)
        return any(one.app_id == app_id and "messages" in one.fields for one in found)
