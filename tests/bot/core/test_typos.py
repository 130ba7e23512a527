import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.emails import Address, validate
from bot.core.providers import NO_TYPOS, PROVIDERS
from bot.core.typos import suggest

HERE = Path(__file__)
PAGE = HERE.parents[3] / "docs" / "email-addresses.md"


@dataclass(frozen=True, slots=True)
class Sample:
    typed: str
    intended: str
    guessed: str


def measured() -> list[Sample]:
    with HERE.with_name("domains.csv").open(encoding="utf-8", newline="") as rows:
        return [
            Sample(row["typed"], row["intended"], guess(row["typed"]))
            for row in csv.DictReader(rows)
        ]


def guess(domain: str) -> str:
    return (suggest(f"ada@{domain}") or "").removeprefix("ada@")


def slips(name: str) -> set[str]:
    places = range(1, len(name))
    left_out = {name[:at] + name[at + 1 :] for at in places}
    doubled = {name[:at] + name[at - 1] + name[at:] for at in places}
    swapped = {name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :] for at in places}
    return (left_out | doubled | swapped) - {name}


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def test_the_sample_is_large_and_says_nothing_twice() -> None:
    samples = measured()
    assert len({sample.typed for sample in samples}) == len(samples)
    assert sum(bool(sample.intended) for sample in samples) >= 100
    assert sum(not sample.intended for sample in samples) >= 100


def test_the_published_numbers_are_the_measured_ones() -> None:
    samples = measured()
    typos = [sample for sample in samples if sample.intended]
    right_ones = [sample for sample in samples if not sample.intended]
    unlisted = [one for one in right_ones if one.typed not in {*PROVIDERS, *NO_TYPOS}]
    guesses = [sample for sample in samples if sample.guessed]
    hits = [sample for sample in typos if sample.guessed == sample.intended]
    published = PAGE.read_text(encoding="utf-8")
    for line in (
        f"| mistyped domains | {len(typos)} |",
        f"| right domains | {len(right_ones)} |",
        f"| right domains that the program has in no list | {len(unlisted)} |",
        f"| suggestions made | {len(guesses)} |",
        f"| suggestions that are what was meant | {len(hits)} |",
        f"| precision | {percent(len(hits), len(guesses))} |",
        f"| recall | {percent(len(hits), len(typos))} |",
    ):
        assert line in published


def test_the_published_share_of_single_slips_is_the_measured_one() -> None:
    typed = {
        (f"{slip}.com", f"{name}.com")
        for name in ("gmail", "yahoo", "hotmail", "outlook", "icloud")
        for slip in slips(name)
    }
    hits = sum(guess(slip) == intended for slip, intended in typed)
    published = PAGE.read_text(encoding="utf-8")
    assert f"{hits} of {len(typed)} get the right suggestion" in published


def test_the_published_mistakes_are_the_measured_ones() -> None:
    mistakes = {
        f"| `{sample.typed}` | {f'`{sample.intended}`' if sample.intended else 'itself'}"
        f" | {f'`{sample.guessed}`' if sample.guessed else 'nothing'} |"
        for sample in measured()
        if sample.guessed != sample.intended
    }
    _, _, section = PAGE.read_text(encoding="utf-8").partition("| typed | meant | suggested |")
    assert {line for line in section.splitlines() if line.startswith("| `")} == mistakes


def test_most_suggestions_are_right() -> None:
    samples = measured()
    hits = sum(bool(one.intended) and one.guessed == one.intended for one in samples)
    assert hits >= 0.95 * sum(bool(one.guessed) for one in samples)
    assert hits >= 0.9 * sum(bool(one.intended) for one in samples)


@pytest.mark.parametrize("domain", [*PROVIDERS, *sorted(NO_TYPOS)])
def test_a_listed_domain_gets_no_suggestion(domain: str) -> None:
    assert suggest(f"ada@{domain}") is None


@pytest.mark.parametrize("domain", ["acme.co", "acme.cm", "yahoo.dk", "live.com.sg", "mit.edu"])
def test_a_country_is_no_typo(domain: str) -> None:
    assert suggest(f"ada@{domain}") is None


@pytest.mark.parametrize(
    ("ending", "mended"),
    [("con", "com"), ("ent", "net"), ("ogr", "org"), ("couk", "co.uk"), ("co.ul", "co.uk")],
)
def test_an_impossible_ending_is_mended_for_any_name(ending: str, mended: str) -> None:
    assert suggest(f"ada@acme-bakery.{ending}") == f"ada@acme-bakery.{mended}"


def test_the_part_before_the_at_sign_stays() -> None:
    assert suggest("Ada+Shop@GMIAL.com ") == "ada+shop@gmail.com"


@pytest.mark.parametrize("email", ["", "gmial.com", "@gmial.com", "a b@gmial.com", "a@b@gmial.com"])
def test_nothing_is_suggested_that_is_no_address(email: str) -> None:
    assert suggest(email) is None


@pytest.mark.parametrize("email", ["ada@gmail", "ada@gmailcom", "ada@gmail,com", "ada@gmail..com"])
def test_a_malformed_address_may_get_a_suggestion(email: str) -> None:
    assert not isinstance(validate(email), Address)
    assert suggest(email) == "ada@gmail.com"


def test_an_address_of_nobody_is_never_suggested() -> None:
    assert suggest("noreply@gmial.com") is None


def test_a_domain_of_any_length_is_looked_at() -> None:
    assert suggest("ada@" + "gmail" * 100_000) is None


@given(st.text() | st.text(alphabet="gmailcon.@yhux", max_size=20).map("ada@{}".format))
def test_a_suggestion_is_an_address_that_gets_none_itself(email: str) -> None:
    if likely := suggest(email):
        assert isinstance(validate(likely), Address)
        assert suggest(likely) is None
