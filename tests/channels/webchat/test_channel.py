"""Web chat as one channel among others."""

import pytest

from bot.core.events import EmailGiven
from bot.core.model import VisitorKey
from bot.edge.limits import Limits
from bot.edge.pictures import PictureMaker
from bot.files import FileKeeper, Files
from bot.follow_ups.returns import Returns
from bot.live.listener import SignalListener
from bot.live.visitor_view import VisitorViews
from bot.storage.database.engine import Database
from channels.base import Channel, LetterReader
from channels.webchat.channel import WebChatChannel
from channels.webchat.letters import (
    ChatText,
    Letters,
    SentFile,
    email_arrival,
    message_arrival,
    read_letter,
)
from channels.webchat.limits import ALLOWANCES
from channels.webchat.settings import WebChatParts
from tests.channels.conformance import ChannelConformance
from tests.channels.webchat.bot import RULES, SHOP, settings
from tests.factories import NOON
from tests.fakes import QuietDoorbell


class TestWebChat(ChannelConformance):
    @pytest.fixture
    def channel(self) -> Channel:
        rooms = VisitorViews(Database("sqlite://"))
        keeper = FileKeeper(rooms.database, {}, lambda: NOON)
        live = SignalListener("redis://127.0.0.1:1", rooms.states)
        return WebChatChannel(
            WebChatParts(
                settings(),
                lambda: RULES,
                lambda: NOON,
                rooms,
                live,
                lambda _hint: None,
                Limits(None, ALLOWANCES),
                Returns(rooms.database, lambda: NOON, QuietDoorbell()),
                Files(rooms.database, keeper, PictureMaker(), lambda: NOON),
            )
        )

    @pytest.fixture
    def letters(self) -> LetterReader:
        return Letters()

    @pytest.fixture
    def raws(self) -> list[bytes]:
        ann = VisitorKey("webchat", SHOP, "ann")
        return [
            message_arrival(ann, ChatText("Hello", "c1"), NOON, "it").raw,
            message_arrival(
                ann, ChatText("", "c2", (SentFile("x", "image", "a.png"),)), NOON, "it"
            ).raw,
            email_arrival(ann, EmailGiven("ada@example.com", NOON), None).raw,
        ]


@pytest.mark.parametrize("consent", [True, False])
def test_consent_outlives_a_letter(*, consent: bool) -> None:
    given = EmailGiven("ada@example.com", NOON, consent=consent)
    sent = email_arrival(VisitorKey("webchat", SHOP, "ann"), given, "it")
    assert read_letter(sent.raw, NOON) == sent
