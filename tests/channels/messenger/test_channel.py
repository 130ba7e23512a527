"""Messenger as one channel among others."""

import pytest

from channels.base import Channel, LetterReader
from channels.messenger.channel import MessengerChannel
from channels.messenger.letters import MessengerLetters
from channels.meta.app import MetaApp
from channels.meta.graph import GraphAddress
from tests.channels.conformance import ChannelConformance
from tests.channels.messenger.deliveries import APP, PAGE, recording
from tests.channels.messenger.webhook.calls import silent_webhook

_ADDRESS = GraphAddress("http://127.0.0.1:1", "v25.0")
_APP = MetaApp(("an app's secret",), APP, {PAGE: "a page's token"}, _ADDRESS)


class TestMessenger(ChannelConformance):
    @pytest.fixture
    def channel(self) -> Channel:
        return MessengerChannel([_APP], silent_webhook())

    @pytest.fixture
    def letters(self) -> LetterReader:
        return MessengerLetters([_APP])

    @pytest.fixture
    def raws(self) -> list[bytes]:
        return [recording("text")]
