"""Messenger as one channel among others."""

import pytest

from channels.base import Channel, NobodyCounts
from channels.messenger.channel import MessengerChannel
from channels.meta.app import MetaApp
from channels.meta.graph import GraphAddress
from tests.channels.conformance import ChannelConformance
from tests.channels.messenger.deliveries import APP, PAGE, recording
from tests.factories import NOON


class TestMessenger(ChannelConformance):
    @pytest.fixture
    def channel(self) -> Channel:
        address = GraphAddress("http://127.0.0.1:1", "v25.0")
        app = MetaApp(("an app's secret",), APP, {PAGE: "a page's token"}, address)
        return MessengerChannel(
            [app], verify_token=None, clock=lambda: NOON, observer=NobodyCounts()
        )

    @pytest.fixture
    def raws(self) -> list[bytes]:
        return [recording("text")]
