"""What every channel must do; each channel's tests have a subclass of these."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from aiohttp import web

from bot.core.arrivals import Arrival, Fault, Taken
from bot.core.model import VisitorKey
from bot.ports.channels import Outgoing
from bot.ports.errors import SendError, UndeliverableError
from channels.base import Channel, LetterReader
from tests.factories import NOON


async def _receive(arrivals: Sequence[Arrival], faults: Sequence[Fault]) -> list[Taken | None]:
    return [Taken() for _ in arrivals]


async def _alive(_request: web.Request) -> web.Response:
    return web.Response()


class ChannelConformance:
    """Asks for three fixtures, which a subclass defines; without them its tests are errors.

    `channel`: the channel, while nobody is there to be reached. `letters`: the reader of what it
    has kept. `raws`: pieces of arrivals as the channel itself has written them.
    """

    def test_its_name_is_fit_for_keys(self, channel: Channel) -> None:
        assert channel.name.isascii()
        assert channel.name.isalnum()
        assert channel.name == channel.name.lower()

    def test_its_routes_can_be_served_beside_others(self, channel: Channel) -> None:
        app = web.Application()
        app.add_routes([web.get("/healthz", _alive)])
        app.add_routes(channel.routes(_receive))
        assert all(
            resource.canonical.startswith(
                ("/webhooks/", "/chat/", "/widget.js", "/meta/", "/healthz")
            )
            for resource in app.router.resources()
        )

    def test_a_fingerprint_tells_no_credential(self, channel: Channel) -> None:
        assert all(len(each) == 64 for each in channel.fingerprints.values())

    def test_nobody_who_is_unknown_to_it_can_be_written_to(self, channel: Channel) -> None:
        nobody = VisitorKey(channel.name, "nowhere", "nobody")
        with pytest.raises((SendError, UndeliverableError)) as refused:
            channel.send(nobody, Outgoing("Hello", "ob:1"))
        assert refused.value.reason.endswith(".")

    def test_who_is_unknown_to_it_has_no_profile(self, channel: Channel) -> None:
        nobody = VisitorKey(channel.name, "nowhere", "nobody")
        with suppress(SendError):  # only later can tell
            profile = channel.read_profile(nobody)
            assert (profile.first_name, profile.last_name) == ("", "")

    @pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"{}", b"null", b"\xff\x00", b"[" * 2_000])
    def test_a_letter_of_somebody_else_is_a_fault(self, letters: LetterReader, raw: bytes) -> None:
        arrivals, faults = letters.reread(raw, NOON)
        assert not arrivals
        assert len(faults) == 1
        assert faults[0].raw == raw
        assert faults[0].reason

    def test_a_letter_of_its_own_is_read_as_it_was(
        self, channel: Channel, letters: LetterReader, raws: list[bytes]
    ) -> None:
        assert raws
        for raw in raws:
            arrivals, faults = letters.reread(raw, NOON)
            assert (len(arrivals), len(faults)) == (1, 0)
            assert arrivals[0].place.channel == channel.name
            [again], _ = letters.reread(arrivals[0].raw, NOON)
            assert (again.place, again.report, again.key) == (
                arrivals[0].place,
                arrivals[0].report,
                arrivals[0].key,
            )
