"""Web chat as one channel among others."""

import pytest

from bot.core.model import Place
from bot.live import LiveHints
from bot.rooms import Rooms
from bot.storage.engine import Database
from channels.base import Channel
from channels.webchat.channel import WebChatChannel
from channels.webchat.letters import email_arrival, message_arrival
from channels.webchat.limits import Limits
from channels.webchat.settings import WebChatParts
from tests.channels.conformance import ChannelConformance
from tests.channels.webchat.bot import RULES, SHOP, settings
from tests.factories import NOON


class TestWebChat(ChannelConformance):
    @pytest.fixture
    def channel(self) -> Channel:
        rooms = Rooms(Database("sqlite://"))
        live = LiveHints("redis://127.0.0.1:1", rooms.states)
        return WebChatChannel(
            WebChatParts(
                settings(),
                lambda: RULES,
                lambda: NOON,
                rooms,
                live,
                lambda _hint: None,
                Limits(None),
            )
        )

    @pytest.fixture
    def raws(self) -> list[bytes]:
        ann = Place("webchat", SHOP, "ann")
        return [
            message_arrival(ann, "Hello", "c1", NOON, "it").raw,
            email_arrival(ann, "ada@example.com", NOON, None).raw,
        ]
