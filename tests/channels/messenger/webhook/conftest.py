"""A webhook, served."""

from collections.abc import Callable, Coroutine
from typing import TypeAlias

import pytest
from aiohttp import web

from channels.messenger.product import PATH, PRODUCT
from channels.meta.webhook import MetaWebhook, Signatory
from tests.channels.messenger.deliveries import APP, OTHER_PAGE, PAGE, RECEIVED_AT
from tests.channels.messenger.webhook.calls import SECRET, TOKEN, Bot, Client, Start

_Serve: TypeAlias = Callable[[web.Application], Coroutine[None, None, Client]]


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def webhook(bot: Bot) -> MetaWebhook:
    return MetaWebhook(
        path=PATH,
        product=PRODUCT,
        signatories=[
            Signatory((SECRET, "the next secret"), {PAGE}, APP),
            Signatory(("the other app's secret",), {OTHER_PAGE}, "555"),
        ],
        verify_token=TOKEN,
        clock=lambda: RECEIVED_AT,
        observer=bot,
    )


@pytest.fixture
def start(aiohttp_client: _Serve, bot: Bot) -> Start:
    """Serve a webhook and give a client to it."""

    async def start(webhook: MetaWebhook) -> Client:
        app = web.Application()
        app.add_routes(webhook.routes(bot.receive))
        return await aiohttp_client(app)

    return start


@pytest.fixture
async def client(start: Start, webhook: MetaWebhook) -> Client:
    return await start(webhook)
