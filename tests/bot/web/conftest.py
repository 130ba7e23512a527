"""A site that takes requests of Meta's, with a Graph behind it."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.erasure import DeletionDesk
from channels.messenger.people import MessengerPeople
from channels.meta.app import MetaApp
from channels.meta.deletion import DeletionPages
from channels.meta.graph import GraphAddress
from tests.bot.web.deletions import (
    APP,
    OLDER_SECRET,
    ORIGIN,
    OTHER_APP,
    OTHER_PAGE,
    OTHER_SECRET,
    Client,
)
from tests.fake_graph import FakeGraph, running_fake_graph
from tests.fakes import QuietDoorbell
from tests.office import ANN, BEN, PAGE, Office
from tests.signed_requests import SECRET, SOMEBODY


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    """A Graph that knows somebody as Ann, and only on one page."""
    with running_fake_graph() as fake:
        fake.page_scoped = {(SOMEBODY, PAGE): ANN.external_id}
        yield fake


@pytest.fixture
def apps(graph: FakeGraph) -> list[MetaApp]:
    address = GraphAddress(graph.url, in_all=timedelta(seconds=10))
    return [
        MetaApp((SECRET, OLDER_SECRET), APP, {PAGE: "t1", OTHER_PAGE: "t2"}, address),
        MetaApp((OTHER_SECRET,), OTHER_APP, {"3003": "t3"}, address),
    ]


@pytest.fixture
def asked(office: Office, apps: list[MetaApp]) -> Office:
    """Ann and Ben have written, and a worker may ask who somebody is."""
    people = MessengerPeople(apps)
    office.people["messenger"] = people
    office.fingerprints = {("messenger", app): mark for app, mark in people.fingerprints.items()}
    office.write("this is Ann")
    office.write("this is Ben", BEN)
    office.pass_time(3600)
    office.work()
    return office


@pytest.fixture
async def client(
    asked: Office, apps: list[MetaApp], doorbell: QuietDoorbell
) -> AsyncIterator[Client]:
    app = web.Application()
    desk = DeletionDesk(asked.database, doorbell, lambda: asked.now)
    app.add_routes(DeletionPages("messenger", desk, apps, ORIGIN).routes())
    async with TestClient(TestServer(app)) as client:
        yield client
