"""Knows the words of our own mails again, in whatever lines a mail program has put them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_BLANKLESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_BLANKLESS}]|[^\W_{_BLANKLESS}]+")  # lines break within such writing
_LETTER = re.compile(rf"[{_BLANKLESS}]")
_LINK = re.compile(r"[<\[(]?(?:https?://|mailto:)[^\s>\])]*[>\])]?|\[image[^\]]{0,80}\]")
_MOST_LETTERS = 30_000
_LONGEST_LINE = 2_000
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
A_CODE = "000000"
"""Stands for the code of a mail, whatever it is."""
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
    _last: str = " "
    """The words of the last line that was ours."""
    found: bool = False
    stands_alone: bool = False
    """The last line that was ours did not go on where the one before had ended."""

    def begins(self, line: str) -> bool:
        """Say whether a line is one that all of our mails have."""
        words = _words(line[:_LONGEST_LINE]) if self.own.phrases else ""
        return _is_certain(words) and words in self.own.phrases

    def is_ours(self, line: str) -> bool:
        """Say whether a line is ours; it goes on where the last one ended, or is long enough."""
        words = _words(line[:_LONGEST_LINE])
        if not words:
            return line.strip() == _DIVIDER or bool(_LINK.search(line[:_LONGEST_LINE]))
        whole = f" {words} "
        at = self._place_after_last(whole) if self.found else -1
        goes_on = at >= 0
        if at < 0 and _is_certain(words):
            at = self.own.words.find(whole)
        is_phrase = words in self.own.phrases
        if at < 0 and is_phrase:
            at = self.own.words.find(whole)
        if at >= 0:
            self._at, self._last = at + len(whole) - 1, whole
            self.stands_alone = not goes_on
            self.found = self.found or not is_phrase or _is_certain(words)
        return at >= 0

    def _place_after_last(self, whole: str) -> int:
        """Find a line behind the last one, where mails differ also at another place than before."""
        if self.own.words.startswith(whole, self._at):
            return self._at
        both = self._last + whole[1:]
        found = self.own.words.find(both) if _is_certain(both.strip()) else -1
        return found + len(self._last) - 1 if found >= 0 else -1


def _is_certain(words: str) -> bool:
    """Say whether so many words in a row are no accident; two letters without blanks are one."""
    return 2 * (words.count(" ") + 1) - len(_LETTER.findall(words)) >= 2 * _CERTAIN


def _words(text: str) -> str:
    return " ".join(_WORD.findall(_CODE.sub(A_CODE, _LINK.sub(" ", text)).lower()))
