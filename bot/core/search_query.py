"""Search queries: the words somebody looks for, in any order, and where a text holds them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.core.folding import Folded, fold, fold_with_places
from bot.core.search_line import BREAKS, Number, backwards, find_numbers, find_runs, forwards

MOST_WORDS = 8
"""As many words of a query are looked up in an index."""
_MOST_TERMS = 16
_LONGEST_WORD = 400
_FEWEST_DIGITS = 5
_LONGEST_COUNTRY = 3  # digits
_BEFORE = 24  # letters that are shown before the first match
_BETWEEN = re.compile(BREAKS)


class Term(NamedTuple):
    """Letters that stand together, and the words by which an index knows them."""

    text: str
    words: tuple[str, ...]
    goes_on: bool = False
    """Whether the last word may always be the beginning of a longer one."""


class Clause(NamedTuple):
    """Ways to say one thing: a text that holds all terms of one of them says it."""

    ways: tuple[tuple[Term, ...], ...]

    @property
    def has_words(self) -> bool:
        """Whether an index can find any of it."""
        return any(term.words for way in self.ways for term in way)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is looked for: a text has to say every clause; at most one has more ways than one."""

    clauses: tuple[Clause, ...]

    @property
    def has_words(self) -> bool:
        """Whether an index can find it."""
        return any(clause.has_words for clause in self.clauses)

    @property
    def is_of_words(self) -> bool:
        """Whether a text says it as soon as it holds the words."""
        return len(self.clauses) <= MOST_WORDS and all(
            len(clause.ways) == 1 and all(term.words == (term.text,) for term in clause.ways[0])
            for clause in self.clauses
        )


NO_QUERY = SearchQuery(())


class MarkedText(NamedTuple):
    """A stretch of a text, and whether it was looked for."""

    text: str
    is_match: bool


def read_query(text: str) -> SearchQuery:
    """Read what somebody typed."""
    folded = fold(text)
    clauses = list(_clauses(folded))
    telling = [clause for clause in clauses if clause.has_words]
    return SearchQuery(tuple((telling or clauses)[:_MOST_TERMS]))


def cut_and_mark(text: str, query: SearchQuery, longest: int) -> list[MarkedText]:
    """Show the part of a text in which something is found first, and mark what is found."""
    folded = fold_with_places(text)
    spans = _join(sorted(_find(folded.text, query)))
    places = [(folded.places[start], folded.places[end - 1] + 1) for start, end in spans]
    begin = _begin(folded, places, longest)
    return list(_cut(folded.original, places, begin, begin + longest))


def _clauses(folded: str) -> Iterator[Clause]:
    done = 0
    numbers = find_numbers(folded, _FEWEST_DIGITS)
    if number := next((one for one in numbers if _stands_alone(folded, one)), None):
        yield from map(_plain, folded[: number.start].split())
        yield _numbered(folded[number.start : number.end], number)
        done = number.end
    yield from map(_plain, folded[done:].split())


def _stands_alone(folded: str, number: Number) -> bool:
    around = folded[: number.start][-1:] + folded[number.end :][:1]
    return not around.strip()


def _plain(written: str) -> Clause:
    return Clause(((_term(written),),))


def _term(written: str) -> Term:
    text = written.rstrip(",;") or written
    if runs := list(find_runs(text)):
        return Term(text, tuple(pair for run in runs for pair in _pairs(run)))
    words = (word for word in _BETWEEN.split(text) if 0 < len(word) <= _LONGEST_WORD)
    return Term(text, tuple(words))


def _terms(written: str) -> tuple[Term, ...]:
    return tuple(map(_term, written.split()))


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def _numbered(written: str, number: Number) -> Clause:
    digits = number.digits
    begins = Term(digits, (f"n{digits}",), goes_on=True)
    ends = Term(digits, (backwards(digits),), goes_on=True)
    as_written = (Term(digits, (written,)),) if written.isdecimal() else _terms(written)
    ways = [as_written, (begins,), (ends,)]
    if number.is_international:
        for length in range(1, _LONGEST_COUNTRY + 1):
            word = forwards(digits[length:].lstrip("0"))
            ways.append((Term(word, (word,)),))
    return Clause(tuple(ways))


def _find(folded: str, query: SearchQuery) -> Iterator[tuple[int, int]]:
    wanted = {term.text for clause in query.clauses for way in clause.ways for term in way}
    for text in wanted:
        yield from (found.span() for found in re.finditer(re.escape(text), folded))
    for number in find_numbers(folded):
        words = forwards(number.digits) + backwards(number.digits)
        if any(text in words for text in wanted if _is_number(text)):
            yield number.start, number.end


def _is_number(text: str) -> bool:
    digits = text.strip("n")
    return digits.isdecimal() and len(digits) >= _FEWEST_DIGITS


def _join(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _begin(folded: Folded, places: Sequence[tuple[int, int]], longest: int) -> int:
    """Begin a few words before the first match, unless that is shown anyhow."""
    first = places[0][0] if places else 0
    before = min(longest // 4, _BEFORE)
    if first <= before:
        return 0
    blank = folded.original.find(" ", first - before, first)
    return first - before if blank < 0 else blank + 1


def _cut(
    text: str, places: Sequence[tuple[int, int]], begin: int, end: int
) -> Iterator[MarkedText]:
    done = begin
    if begin:
        yield MarkedText("… ", is_match=False)
    for start, stop in places:
        if start >= end or stop <= begin:
            continue
        if start > done:
            yield MarkedText(text[done:start], is_match=False)
        yield MarkedText(text[max(start, begin) : min(stop, end)], is_match=True)
        done = stop
    if done < end and text[done:end]:
        yield MarkedText(text[done:end], is_match=False)
