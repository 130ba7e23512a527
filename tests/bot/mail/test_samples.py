"""The new words of an answer are found wherever they stand, and none of ours are shown."""

import re
from pathlib import Path

import pytest

from tests.bot.mail.sample_mails import HOME, Sample, samples

ALL = list(samples())
FILES = [each for each in ALL if not each.name.endswith("(page)")]
DOCS = Path(__file__).parents[3] / "docs" / "email.md"


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_the_new_words_of_a_sample_are_found(sample: Sample) -> None:
    assert sample.read() == sample.new


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_no_sample_loses_a_word_or_shows_ours(sample: Sample) -> None:
    assert not sample.loses_words
    assert not sample.shows_ours


def test_there_are_enough_samples_of_enough_kinds() -> None:
    assert len(list(HOME.glob("*.txt"))) == len(FILES) >= 120
    assert len({each.form for each in FILES}) >= 25
    assert len({each.language for each in FILES}) >= 9


def test_the_documentation_tells_the_present_figures() -> None:
    exact = sum(each.read() == each.new for each in FILES)
    lost = sum(each.loses_words for each in FILES)
    shown = sum(each.shows_ours for each in FILES)
    forms, languages = ({getattr(each, name) for each in FILES} for name in ("form", "language"))
    row = f"| {len(FILES)} of our own, {len(forms)} forms, {len(languages)} languages |"
    told = re.search(
        rf"^{re.escape(row)} (\d+) \| (\d+) \| (\d+) \|$", DOCS.read_text(), re.MULTILINE
    )
    assert told
    assert [int(each) for each in told.groups()] == [exact, lost, shown]
