"""Recorded deliveries reach the local server, signed."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.ops.replay import ReplayAnswer, post
from bot.wiring.channels import given, open_channels
from channels.base import CannotReplayError
from channels.messenger.apps import DEMO_PAGE
from channels.messenger.product import PATH
from config.settings import Settings
from tests.channels.messenger.deliveries import PAGE, delivery, event, recording
from tests.channels.messenger.webhook.calls import Bot
from tests.environment import SetUp

TEXT = recording("text")
MESSENGER = {
    "MESSENGER_APP_SECRET": "new,old",
    "MESSENGER_VERIFY_TOKEN": "a verify token",
    "MESSENGER_PAGES": json.dumps({PAGE: "token"}),
    "PUBLIC_URL": "https://chat.example.com",
}


@dataclass
class Site:
    """A web process without the rest; `answer` takes the place of the webhook."""

    bot: Bot = field(default_factory=Bot)
    server: TestServer | None = None
    hosts: list[str] = field(default_factory=list)

    async def start(self, settings: Settings, answer: web.Response | None = None) -> Settings:
        [channel] = open_channels(given(settings, self.bot))

        async def answer_so(_request: web.Request) -> web.Response:
            assert answer
            return answer

        app = web.Application(middlewares=[self._note_host])
        app.add_routes([web.post(PATH, answer_so)] if answer else channel.routes(self.bot.receive))
        self.server = TestServer(app)
        await self.server.start_server()
        return settings.model_copy(update={"port": self.server.port})

    @web.middleware
    async def _note_host(self, request: web.Request, handler: object) -> web.StreamResponse:
        self.hosts.append(request.host)
        assert callable(handler)
        response: web.StreamResponse = await handler(request)
        return response


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    started = Site()
    yield started
    if started.server:
        await started.server.close()


async def replay(settings: Settings, body: bytes = TEXT) -> ReplayAnswer:
    return await asyncio.to_thread(post, given(settings), body)


async def test_a_recording_is_taken_as_if_meta_had_sent_it(site: Site, set_up: SetUp) -> None:
    answer = await replay(await site.start(set_up(**MESSENGER)))
    assert answer == ReplayAnswer(taken=True, words="200 EVENT_RECEIVED")
    assert [arrival.place.account for arrival in site.bot.arrivals] == [PAGE]


async def test_the_server_is_called_by_its_public_name(site: Site, set_up: SetUp) -> None:
    await replay(await site.start(set_up(**MESSENGER)))
    assert site.hosts == ["chat.example.com"]


async def test_a_delivery_for_the_demo_is_signed_by_the_demo(site: Site, set_up: SetUp) -> None:
    settings = await site.start(set_up(**MESSENGER, DEMO="true"))
    hello = event(message={"mid": "m_1", "text": "Hello"}, recipient={"id": DEMO_PAGE})
    answer = await replay(settings, delivery(hello, entry={"id": DEMO_PAGE}))
    assert answer.taken
    assert [arrival.place.account for arrival in site.bot.arrivals] == [DEMO_PAGE]


async def test_a_page_that_is_not_served_is_said_to_be_ignored(site: Site, set_up: SetUp) -> None:
    answer = await replay(await site.start(set_up(**MESSENGER)), recording("text_to_unknown_page"))
    assert answer.words == (
        "200 EVENT_RECEIVED; for a page that is not served: the server ignores it"
    )
    assert site.bot.arrivals == []


async def test_what_can_not_be_understood_is_said_to_be_a_dead_letter(
    site: Site, set_up: SetUp
) -> None:
    answer = await replay(await site.start(set_up(**MESSENGER)), b"{")
    assert answer == ReplayAnswer(taken=True, words="200 EVENT_RECEIVED; a dead letter: not_json")
    assert [fault.raw for fault in site.bot.faults] == [b"{"]


async def test_a_server_with_another_secret_refuses(site: Site, set_up: SetUp) -> None:
    settings = await site.start(set_up(**MESSENGER))
    other = set_up(**MESSENGER | {"MESSENGER_APP_SECRET": "another"}).model_copy(
        update={"port": settings.port}
    )
    answer = await replay(other)
    assert answer == ReplayAnswer(
        taken=False, words="403: the server was started with another MESSENGER_APP_SECRET"
    )


async def test_a_server_without_its_database_is_said_to_be_so(site: Site, set_up: SetUp) -> None:
    site.bot.available = False
    answer = await replay(await site.start(set_up(**MESSENGER)))
    assert answer == ReplayAnswer(taken=False, words="503: its database can't take it now")


@pytest.mark.parametrize(
    ("status", "text"), [(200, "Hello, I am another program"), (302, "EVENT_RECEIVED"), (799, "")]
)
async def test_another_program_on_the_port_is_not_taken_for_ours(
    site: Site, set_up: SetUp, status: int, text: str
) -> None:
    answer = web.Response(status=status, text=text, headers={"Location": "/elsewhere"})
    settings = await site.start(set_up(**MESSENGER), answer)
    assert await replay(settings) == ReplayAnswer(
        taken=False, words=f"{status}: this is no answer of ours"
    )


async def test_without_a_server_it_says_so(set_up: SetUp) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = set_up(**MESSENGER, PORT=str(port), HOST="0.0.0.0")  # noqa: S104 - to listen on
    with pytest.raises(CannotReplayError) as caught:
        await replay(settings)
    assert str(caught.value) == (
        f"No server answers at http://127.0.0.1:{port}/webhooks/messenger: "
        "start ./run, or set HOST and PORT to where it is."
    )


async def test_without_messenger_there_is_nothing_to_sign_with(set_up: SetUp) -> None:
    with pytest.raises(CannotReplayError, match="Messenger is not configured"):
        await replay(set_up(DEMO="false"))
