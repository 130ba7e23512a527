"""The largest deliveries that are legal are stored, whatever they are made of."""

import json
import random
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from bot.core.arrivals import Arrival
from bot.intake import Intake
from bot.intake.waiting import GROUP_BYTES, GROUP_SIZE, portions
from bot.storage.database.engine import Database
from channels.messenger.product import PRODUCT
from channels.meta.payloads import parse
from channels.meta.readers import Served
from tests.bot.intake.doors import Opener, arrival, count, of_somebody_new
from tests.factories import NOON
from tests.office import PAGE

_MOST_BYTES = 4 * 1024 * 1024
_MOST_EVENTS = 1_000
_LONGEST = 4_000  # letters
_chance = random.Random(1)  # noqa: S311 - words, no secrets


def _of(alphabet: str) -> Callable[[int], str]:
    return lambda length: "".join(_chance.choices(alphabet, k=length))


def _lines(*ranges: tuple[int, int]) -> str:
    return "".join(chr(code) for first, last in ranges for code in range(first, last))


TEXTS = {
    "one letter": lambda length: "a" * length,
    "words": _of("abcdefghijklmnopqrstuvwxyz     "),
    "numbers": _of("0123456789 "),
    "letters of two bytes": _of(_lines((0xC0, 0x17F)) + " "),
    "letters of three bytes": _of(_lines((0x4E00, 0x9FA5)) + " "),
    "letters of four bytes": _of(_lines((0x1F600, 0x1F64F), (0x20000, 0x2A000)) + " "),
    "marks that JSON escapes": _of('"\\/\b\f\n\r\t'),
    "control marks": _of(_lines((1, 32), (127, 160))),
}
_ALL_ASCII = {"one letter", "words", "numbers", "marks that JSON escapes"}
WRITTEN = [
    *(pytest.param(kind, True, id=f"{kind}-escaped") for kind in TEXTS),
    *(
        pytest.param(kind, False, id=f"{kind}-as they are")
        for kind in TEXTS
        if kind not in _ALL_ASCII
    ),
]
"""Letters beyond ASCII may stand there escaped or as they are; others are the same in both."""


def body_of(make: Callable[[int], str], *, ascii_only: bool) -> tuple[bytes, int]:
    """Make the largest delivery of such texts; gives the number of its messages too."""
    texts = [make(_LONGEST) for _ in range(_MOST_EVENTS)]
    while len(written := _write(texts, ascii_only=ascii_only)) > _MOST_BYTES:
        share = _MOST_BYTES / len(written)
        texts = [text[: int(len(text) * share) - 1] for text in texts]
    return written, len(texts)


def _write(texts: list[str], *, ascii_only: bool) -> bytes:
    items = [
        {
            "sender": {"id": str(7_000_000 + number)},
            "recipient": {"id": PAGE},
            "timestamp": int(NOON.timestamp() * 1000),
            "message": {"mid": f"m_{number}", "text": text},
        }
        for number, text in enumerate(texts)
    ]
    body = {"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": items}]}
    return json.dumps(body, ensure_ascii=ascii_only, separators=(",", ":")).encode()


@pytest.mark.parametrize(("kind", "ascii_only"), WRITTEN)
async def test_a_delivery_of_four_mebibytes_is_stored(
    intake: Intake,
    database: Database,
    kind: str,
    ascii_only: bool,  # noqa: FBT001 - of the table
) -> None:
    body, events = body_of(TEXTS[kind], ascii_only=ascii_only)
    parsed = parse(body, Served(PRODUCT, [PAGE], None, NOON))
    assert (len(body) > 0.95 * _MOST_BYTES, len(parsed.arrivals)) == (True, events)
    taken = await intake.receive("messenger", parsed.arrivals, parsed.faults)
    assert len(taken) == events
    assert None not in taken
    assert (count(database, "messages"), count(database, "dead_letters")) == (events, 0)


async def test_a_large_delivery_lets_others_in_between(
    opener: Opener, migrated_url: str, database: Database
) -> None:
    intake = opener(migrated_url)
    sizes: list[int] = []

    @sa.event.listens_for(opener.writer.engine, "commit")
    def note(_connection: object) -> None:
        sizes.append(1)

    many = [_sized(of_somebody_new(f"v{number}"), GROUP_BYTES // 4) for number in range(32)]
    await intake.receive("messenger", many)
    assert len(sizes) == 8
    assert count(database, "messages") == 32


def _sized(one: Arrival, size: int) -> Arrival:
    return one._replace(raw=b"x" * size)


def parts_of(sizes: list[int]) -> Iterator[tuple[int, int]]:
    for part, size in portions([_sized(arrival(), one) for one in sizes]):
        assert sum(len(one.raw) for one in part) == size
        yield len(part), size


@pytest.mark.parametrize(
    ("sizes", "parts"),
    [
        ([], [(0, 0)]),
        ([1], [(1, 1)]),
        ([GROUP_BYTES], [(1, GROUP_BYTES)]),
        ([GROUP_BYTES + 1], [(1, GROUP_BYTES + 1)]),
        ([GROUP_BYTES, 1], [(1, GROUP_BYTES), (1, 1)]),
        ([1, GROUP_BYTES], [(1, 1), (1, GROUP_BYTES)]),
        ([9 * GROUP_BYTES] * 3, [(1, 9 * GROUP_BYTES)] * 3),
        ([1] * GROUP_SIZE, [(GROUP_SIZE, GROUP_SIZE)]),
        ([1] * (GROUP_SIZE + 1), [(GROUP_SIZE, GROUP_SIZE), (1, 1)]),
        ([0] * 2_500, [(GROUP_SIZE, 0), (GROUP_SIZE, 0), (500, 0)]),
    ],
)
def test_what_is_too_much_for_a_group_is_split(
    sizes: list[int], parts: list[tuple[int, int]]
) -> None:
    assert list(parts_of(sizes)) == parts
