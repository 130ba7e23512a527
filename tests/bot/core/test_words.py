from time import thread_time

import pytest

from bot.core import words
from bot.core.words import is_correction, is_no, is_stop, is_yes


@pytest.mark.parametrize(
    "text",
    ["yes", "Yes.", " YES!! ", "ok", "Sì", "si\u0300", "ja", "Oui, merci", "D\u2019accord", "sí",
     "Sim", "Ja, graag", "that's right", "👍", "👍🏽", "✅"],
)  # fmt: skip
def test_yes_is_understood(text: str) -> None:
    assert is_yes(text)
    assert not is_no(text)


@pytest.mark.parametrize(
    "text",
    ["no", "No, thanks!", "no thank you", "stop", "STOP.", "No, grazie", "nein danke", "Nö",
     "non merci", "No, gracias", "não, obrigada", "nee, bedankt", "I\u2019d rather not"],
)  # fmt: skip
def test_no_is_understood(text: str) -> None:
    assert is_no(text)
    assert not is_yes(text)


_WAYS = ("{}", " {}! ", "...{}", '"{}"', "_{}_", "'{}'", "\u2026{}", "({})")


@pytest.mark.parametrize("way", _WAYS)
def test_a_stop_is_understood_however_it_is_written(way: str) -> None:
    phrases = [phrase.strip() for phrase in words._STOPS.split(",")]  # noqa: SLF001 - all there are
    written = [way.format(phrase) for phrase in phrases]
    written += [way.format(phrase.upper().replace(" ", "-")) for phrase in phrases]
    written += [way.format(f"{phrase[0]}'{phrase[1:]}") for phrase in phrases]
    assert [text for text in written if not is_stop(text)] == []


@pytest.mark.parametrize(
    "text",
    ["", "?", "yes but when do you open?", "no idea, is it open?", "👍 but when?", "stop by later",
     "yes " * 40],
)  # fmt: skip
def test_what_says_more_than_yes_or_no_is_neither(text: str) -> None:
    assert not is_yes(text)
    assert not is_no(text)


@pytest.mark.parametrize(
    "text",
    ["sorry, I meant b@example.com", "b@example.com instead", "Scusa, b@example.com",
     "Ich meinte b@example.com", "je voulais dire b@example.com", "perdón, b@example.com",
     "Desculpe, é b@example.com", "Ik bedoelde b@example.com"],
)  # fmt: skip
def test_a_correction_is_understood(text: str) -> None:
    assert is_correction(text)


@pytest.mark.parametrize(
    "text",
    ["my colleague is b@example.com", "sorry@example.com", "Write to instead@example.com",
     "unsorryish b@example.com"],
)  # fmt: skip
def test_other_words_are_no_correction(text: str) -> None:
    assert not is_correction(text)


def test_no_language_says_yes_where_another_says_no() -> None:
    assert not words._YES_WORDS & words._NO_WORDS  # noqa: SLF001 - the lists are the point
    assert "" not in words._YES_WORDS | words._NO_WORDS  # noqa: SLF001


@pytest.mark.parametrize("text", ["a" * 20_000, "a@" * 10_000, "'" * 20_000, " \u0301" * 10_000])
def test_a_long_text_costs_little(text: str) -> None:
    begin = thread_time()
    is_yes(text)
    is_no(text)
    is_correction(text)
    assert thread_time() - begin < 0.05
