"""A Graph to talk to, and a page that talks to it."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from channels.meta.graph import GraphAddress, PageGraph, open_pages
from tests.fake_graph import FakeGraph, fake_graph

PAGE, TOKEN, SECRET = "1234", "EAAG-token-canary", "secret-canary"

__all__ = ["fake_graph"]  # for pytest to find

OpenPages = Callable[[timedelta], Mapping[str, PageGraph]]


@pytest.fixture
def open_hurried(fake_graph: FakeGraph) -> OpenPages:
    """Open the page with so much time for an answer."""

    def open_within(in_all: timedelta) -> Mapping[str, PageGraph]:
        return open_pages({PAGE: TOKEN}, GraphAddress(fake_graph.url, in_all=in_all), SECRET)

    return open_within


@pytest.fixture
def pages(open_hurried: OpenPages) -> Mapping[str, PageGraph]:
    """The page, with all the time in the world."""
    return open_hurried(timedelta(seconds=10))


@pytest.fixture
def hurried_pages(open_hurried: OpenPages) -> Mapping[str, PageGraph]:
    """The page in a great hurry, for answers that come too late."""
    return open_hurried(timedelta(milliseconds=300))
