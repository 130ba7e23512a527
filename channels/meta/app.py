"""Apps of Meta's and their pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from channels.meta.addresses import UNKNOWN_PAGE
from channels.meta.connections import Connections
from channels.meta.graph import GraphAddress, PageGraph
from channels.meta.payloads import Parsed, parse
from channels.meta.readers import Product, Served


@dataclass(frozen=True, slots=True)
class MetaApp:
    """One app of Meta's with the pages that it serves, each with its access token."""

    secrets: tuple[str, ...] = field(repr=False)
    app_id: str | None
    pages: Mapping[str, str] = field(repr=False)
    address: GraphAddress
    automatic_texts: frozenset[str] = frozenset()
    """Its pages' own automatic replies, normalised."""

    def open_pages(self, connections: Connections) -> dict[str, PageGraph]:
        """Give access to each page."""
        return {
            page: PageGraph(
                token, address=self.address, app_secret=self.secrets[0], connections=connections
            )
            for page, token in self.pages.items()
        }

    def read(self, product: Product, body: bytes, received_at: datetime) -> Parsed:
        """Understand a delivery to this app."""
        served = Served(product, self.pages, self.app_id, received_at, self.automatic_texts)
        return parse(body, served)


def find_app(
    apps: Sequence[MetaApp], product: Product, body: bytes, received_at: datetime
) -> tuple[MetaApp, Parsed]:
    """Find the app whose pages a delivery is for, the first if none, and what it understands."""
    readings = [(app, app.read(product, body, received_at)) for app in apps]
    served = [reading for reading in readings if not reading[1].ignored[UNKNOWN_PAGE]]
    return (served or readings)[0]
