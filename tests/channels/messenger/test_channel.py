"""Messenger as one channel among others."""

import pytest

from channels.base import Channel
from channels.messenger.channel import MessengerChannel
from channels.meta.app import MetaApp
from channels.meta.graph import GraphAddress
from tests.channels.conformance import ChannelConformance
from tests.channels.messenger.deliveries import APP, PAGE, recording
from tests.channels.messenger.webhook.calls import silent_webhook


class TestMessenger(ChannelConformance):
    @pytest.fixture
    def channel(self) -> Channel:
        address = GraphAddress("http://127.0.0.1:1", "v25.0")
        app = MetaApp(("an app's secret",), APP, {PAGE: "a page's token"}, address)
        return MessengerChannel([app], silent_webhook())

    @pytest.fixture
    def raws(self) -> list[bytes]:
        return [recording("text")]
