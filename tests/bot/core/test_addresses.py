"""Addresses as people write them in many languages, what is around them, and failed tries."""

import re
from pathlib import Path
from typing import NamedTuple

from bot.core.emails import AddressReading, read

_ESCAPE = re.compile(r"\\n|\\u\{([0-9a-f]+)\}")


class Row(NamedTuple):
    language: str
    text: str
    wanted: str


def rows() -> list[Row]:
    lines = (Path(__file__).parent / "addresses.tsv").read_text(encoding="utf-8").splitlines()
    return [Row(*_unescaped(line).split("\t")) for line in lines if not line.startswith("#")]


def _unescaped(line: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\n", line)


def _shown(reading: AddressReading) -> str:
    found = [address.email for address in reading.addresses] + ["hint"] * bool(reading.flaws)
    return " ".join(found) or "-"


def test_addresses_are_read_as_people_write_them_in_many_languages() -> None:
    wrong = [(*row, found) for row in rows() if (found := _shown(read(row.text))) != row.wanted]
    assert wrong == []


def test_the_table_has_300_rows_in_20_languages_each_once() -> None:
    table = rows()
    assert len(table) >= 300
    assert len({row.language for row in table}) >= 20
    assert len({row.text for row in table}) == len(table)
