"""Knows the words of our own mails again, in whatever lines a mail program has put them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+")
_LINK = re.compile(r"[<\[(]?(?:https?://|mailto:)[^\s>\])]*[>\])]?|\[image[^\]]{0,80}\]")
_MOST_LETTERS = 30_000
_LONGEST_LINE = 2_000
_DIVIDER = "--"  # above the last lines of our plain mails
_CERTAIN = 5  # so many words in a row are no accident


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What our mails to somebody said: one text of words, in their order."""

    words: str = ""
    """With one blank around each."""
    phrases: frozenset[str] = frozenset()
    """The shorter lines that are the same in all mails."""

    @classmethod
    def of(cls, mails: Iterable[str], phrases: Iterable[str] = ()) -> "OwnWords":
        """Learn the texts of mails, and what is the same in all of them."""
        known = tuple(phrases)
        said = _words("\n".join([*known, *mails])[:_MOST_LETTERS])
        return cls(f" {said} ", frozenset(map(_words, known)))

    @classmethod
    def told(cls, text: str) -> "OwnWords":
        """Read what `tell` has written."""
        words, *phrases = text.split("\n")
        return cls(words, frozenset(filter(None, phrases)))

    def tell(self) -> str:
        """Write it down for another process."""
        return "\n".join([self.words, *sorted(self.phrases)])


@dataclass(slots=True)
class Follower:
    """Follows our words through the lines of a quote."""

    own: OwnWords
    _at: int = 0
    """Where in our words the next line goes on."""
    found: bool = False

    def begins(self, line: str) -> bool:
        """Say whether a line is one that all of our mails have."""
        words = _words(line[:_LONGEST_LINE]) if self.own.phrases else ""
        return words.count(" ") >= _CERTAIN - 1 and words in self.own.phrases

    def is_ours(self, line: str) -> bool:
        """Say whether a line is ours; it goes on where the last one ended, or is long enough."""
        words = _words(line[:_LONGEST_LINE])
        if not words:
            return line.strip() == _DIVIDER or bool(_LINK.search(line[:_LONGEST_LINE]))
        whole = f" {words} "
        is_next = self.found and self.own.words.startswith(whole, self._at)
        at = self._at if is_next else -1
        if at < 0 and words.count(" ") >= _CERTAIN - 1:
            at = self.own.words.find(whole)
        is_phrase = words in self.own.phrases
        if at < 0 and is_phrase:
            at = self.own.words.find(whole)
        if at >= 0:
            self._at = at + len(whole) - 1
            self.found = self.found or not is_phrase or words.count(" ") >= _CERTAIN - 1
        return at >= 0


def _words(text: str) -> str:
    return " ".join(_WORD.findall(_LINK.sub(" ", text).lower()))
