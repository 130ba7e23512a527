"""Which conversations an agent looks at: every view of the list is an address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlencode, urlsplit

from yarl import URL

from bot.core.model import ConversationId, Status
from bot.edge.numbers import LAST_SEQ, as_number, read_number
from bot.storage.conversations.conversations import ConversationsWanted
from bot.storage.conversations.overview import Order
from bot.web.inbox.dependencies import PREFIX


class View(StrEnum):
    """The views of the list."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ListFilter:
    """A view of the list, with the conversation that is open beside it."""

    view: View = View.ALL
    status: Status | None = None
    """None: what is open, and in a search what is closed as well."""
    order: Order = Order.NEWEST
    unknown: bool = False
    text: str = ""
    open: ConversationId | None = None
    at: int | None = None
    """The number of the message at which it is open; None: the last one."""

    @property
    def query(self) -> str:
        """The query of its address; what is usual is left out."""
        usual = ListFilter()
        fields = {
            "v": self.view if self.view is not usual.view else "",
            "status": self.status or "",
            "order": self.order if self.order is not usual.order else "",
            "unknown": "1" if self.unknown else "",
            "q": self.text,
        }
        kept = {name: value for name, value in fields.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    @property
    def address(self) -> str:
        """The address of the filtered page."""
        if self.open is None:
            return f"{PREFIX}{self.query}"
        where = f"{PREFIX}/{self.open}{self.query}"
        return f"{where}{'&' if self.query else '?'}at={self.at}" if self.at else where

    @property
    def list_address(self) -> str:
        """The address of the list's fragment."""
        return f"{PREFIX}/list{self.query}"

    def see(self, view: str) -> "ListFilter":
        """Look among others' conversations."""
        return replace(self, view=View(view))

    def with_status(self, status: str) -> "ListFilter":
        """Look at open ones, closed ones, or whatever is usual."""
        return replace(self, status=Status(status) if status else None)

    def beside(self, id: ConversationId | None, at: int | None = None) -> "ListFilter":
        """Open another conversation, or none, beside the same list."""
        return replace(self, open=id, at=at)

    @property
    def shown_status(self) -> Status | None:
        """The status that is shown; None: both."""
        return self.status or (None if self.text else Status.OPEN)

    def conditions(self, agent: str) -> ConversationsWanted:
        """Say it in the words of the storage."""
        return ConversationsWanted(
            status=self.shown_status,
            unknown=True if self.unknown else None,
            assignee=agent if self.view is View.MINE else None,
            unassigned=self.view is View.UNASSIGNED,
            text=self.text or None,
        )


def read_filter(query: Mapping[str, str], open: ConversationId | None = None) -> ListFilter:
    """Read an address's query; what is none of ours counts as left out."""
    text = query.get("q", "").strip()
    status = Status(query["status"]) if query.get("status") in set(Status) else None
    return ListFilter(
        view=View(query["v"]) if query.get("v") in set(View) else View.ALL,
        status=status if text or status is not Status.OPEN else None,
        order=Order(query["order"]) if query.get("order") in set(Order) else Order.NEWEST,
        unknown=query.get("unknown") == "1",
        text=text,
        open=open,
        at=read_number(query, "at", LAST_SEQ) if open else None,
    )


def read_current(address: str) -> ListFilter:
    """Read what the browser shows just now, as htmx tells it."""
    try:
        url = URL(address)
        path = urlsplit(address).path
    except ValueError:
        return ListFilter()
    named = as_number(path.removeprefix(f"{PREFIX}/"))
    return read_filter(url.query, None if named is None else ConversationId(named))
