"""Carrier pigeons as one channel among others."""

import json

import pytest

from bot.wiring.channels import given
from bot.wiring.settings import given_settings
from channels.base import Channel, LetterReader
from tests.channels.conformance import ChannelConformance
from tests.pigeon.kind import PigeonKind

_SET = {"pigeon_key": "a key", "pigeon_lofts": ("north",)}


class TestPigeon(ChannelConformance):
    @pytest.fixture
    def channel(self) -> Channel:
        kind = PigeonKind()
        opened = kind.open(given(given_settings(_SET, [kind])))
        assert opened
        return opened

    @pytest.fixture
    def letters(self) -> LetterReader:
        kind = PigeonKind()
        reader = kind.letters(given(given_settings(_SET, [kind])))
        assert reader
        return reader

    @pytest.fixture
    def raws(self) -> list[bytes]:
        leaf = {"loft": "north", "ring": "ring-7", "text": "Hello", "id": "p1"}
        return [json.dumps(leaf).encode()]
