"""Tells what somebody has written from what a mail program has put around it, line by line."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bot.mail.attributions import words_before
from bot.mail.closings import without_closing
from bot.mail.copied_headers import announces_forwarded, is_rule
from bot.mail.introductions import (
    UNSEEN,
    end_of,
    introduction_at,
    is_blank,
    is_quoted,
    lines_of_introduction,
)
from bot.mail.own_words import Follower, OwnWords

MARKER = "##-"
"""What stands around the line above which an answer is: no mail program changes it."""
A_QUOTE = f"> {MARKER}"
"""A line of our own that says: what is marked by ">" was marked by a program."""
_MOST = 40_000
_MOST_ABOVE_A_QUOTE = 8  # lines of a marked quote that may be its attribution or its header
_MOST_WORDS_OF_OURS = 8  # in an answer that repeats a line of ours
_GAP = re.compile(r"\n{3,}")
_NO_WORDS = OwnWords()


def new_part(text: str, own: OwnWords = _NO_WORDS) -> str:
    """Keep what is new in an answer to mails of ours; all of it rather than nothing."""
    text = text[:_MOST].replace("\r\n", "\n").replace("\r", "\n")
    lines = [line.rstrip() for line in text.split("\n")]
    new = _joined(_Sorter(lines, own).new_lines())
    return new if says_something(new) else _what_is_not_ours(lines, own)


def whole_text(text: str) -> str:
    """Give all lines of a mail but those that only our own reader put there."""
    return _joined([line for line in text.splitlines() if line not in {MARKER, A_QUOTE}])


def says_something(text: str) -> bool:
    """Say whether there is anything to read in a text."""
    return any(unicodedata.category(letter)[0] in "LNPS" for letter in text)


def _what_is_not_ours(lines: Sequence[str], own: OwnWords) -> str:
    """Give all of a mail that seems to say nothing, but for our own words in it."""
    follower = Follower(own)
    bare = [_without_marks(line) for line in lines]
    left = _joined(list(_strangers_lines(bare, follower)))
    if follower.found:
        return left if says_something(left) else _answer_in_our_words(bare, follower)
    whole = _joined(lines)
    return whole if says_something(whole) else ""


def _answer_in_our_words(lines: Sequence[str], follower: Follower) -> str:
    """Give a last line such as "No more mails like this" that stands there a second time."""
    last = next((line.strip() for line in reversed(lines) if not is_blank(line)), "")
    is_short = "://" not in last and len(last.split()) <= _MOST_WORDS_OF_OURS
    return last if follower.stands_alone and is_short else ""


def _strangers_lines(lines: Sequence[str], follower: Follower) -> Iterator[str]:
    at = 0
    while at < len(lines):
        count = introduction_at(lines, at)
        is_left = not count and not _is_of_a_program(lines[at]) and not follower.is_ours(lines[at])
        if is_left:
            yield lines[at]
        at += count or 1


def _is_of_a_program(line: str) -> bool:
    return MARKER in line or is_rule(line)


@dataclass(slots=True)
class _Sorter:
    lines: Sequence[str]
    own: OwnWords
    pieces: list[list[str]] = field(default_factory=lambda: [[]])
    """What is kept; a quote divides one piece from the next."""
    has_quote: bool = False
    """A program has begun to quote."""

    def new_lines(self) -> list[str]:
        at = 0
        while at < len(self.lines):
            at = self._pass(at)
        closed = [without_closing(piece) for piece in self.pieces]
        says_more = any(says_something(_joined(piece)) for piece in closed)
        return [line for piece in (closed if says_more else self.pieces) for line in piece]

    def _pass(self, at: int) -> int:
        """Keep or drop what begins at a line, and say where the next thing begins."""
        if is_quoted(self.lines[at]):
            return self._pass_run(at)
        if announces_forwarded(self.lines[at]) and not self._has_marker_after(at):
            self.pieces[-1] += self.lines[at:]
            return len(self.lines)
        if count := introduction_at(self.lines, at):
            return self._pass_introduction(at, at + count)
        if MARKER in self.lines[at] or Follower(self.own).begins(self.lines[at]):
            return self._pass_unmarked(at)
        self.pieces[-1].append(self.lines[at])
        return at + 1

    def _pass_run(self, start: int) -> int:
        """Drop marked lines if a program marked them."""
        run = self.lines[start : end_of(self.lines, start, is_quoted)]
        above = lines_of_introduction(self.pieces[-1])
        if self.has_quote or above or _is_of_programs(run):
            self._divide(above)
        else:
            self.pieces[-1] += run
        return start + len(run)

    def _pass_introduction(self, start: int, end: int) -> int:
        """Drop it; what follows is a quote, unless it is marked, introduced itself or unknown."""
        following = end_of(self.lines, end, is_blank)
        is_last = following == len(self.lines)
        is_known = is_last or is_quoted(self.lines[following])
        is_unmarked = not is_known and not introduction_at(self.lines, following)
        if is_unmarked and self._is_strange(following):
            self.pieces[-1] += self.lines[start:]
            return len(self.lines)
        self.pieces[-1] += filter(None, [words_before(self.lines[start])])
        if is_unmarked:
            return self._pass_unmarked(following)
        self._divide(0)
        return following

    def _is_strange(self, start: int) -> bool:
        """Say whether nothing of ours follows, though it is known what we have said."""
        if not self.own.phrases or self._has_marker_after(start):
            return False
        follower = Follower(self.own)
        rest = islice(self.lines, start, None)
        return not any(follower.is_ours(line) and follower.found for line in rest)

    def _pass_unmarked(self, start: int) -> int:
        """Drop a quote that nothing ends; but what follows on our words in it is new."""
        before = self.lines[start].partition(MARKER)[0].strip(" *|")
        if MARKER in self.lines[start] and says_something(before):
            self.pieces[-1].append(before)
        self._divide(lines_of_introduction(self.pieces[-1]))
        follower = Follower(self.own)
        unmarked = [line for line in self.lines[start:] if not is_quoted(line)]
        for line in _strangers_lines(unmarked, follower):
            if follower.found:
                self.pieces[-1].append(line)
        return len(self.lines)

    def _has_marker_after(self, at: int) -> bool:
        return any(MARKER in line for line in islice(self.lines, at, None))

    def _divide(self, above: int) -> None:
        """Begin a new piece below a quote, without so many lines above."""
        piece = self.pieces[-1]
        start = len(piece) - above
        piece[start:] = filter(None, map(words_before, piece[start:]))
        self.has_quote = True
        self.pieces.append([])


def _is_of_programs(run: Sequence[str]) -> bool:
    """Say whether marked lines hold what only a program writes."""
    if any(MARKER in line for line in run):
        return True
    first = [_without_marks(line) for line in run[:_MOST_ABOVE_A_QUOTE]]
    return any(introduction_at(first, at) for at in range(len(first)))


def _joined(lines: Sequence[str]) -> str:
    shown = (line for line in lines if line != A_QUOTE)
    return _GAP.sub("\n\n", "\n".join(shown)).strip()


def _without_marks(line: str) -> str:
    return line.lstrip(f">{UNSEEN}")
