"""Reads a page of a mail as text, in one pass: what it quotes is marked as in plain mails."""

import html
import re
from dataclasses import dataclass, field

from bot.mail.html_marks import emoji_of, marks_of
from bot.mail.quotes import A_QUOTE, MARKER

MOST_LETTERS = 400_000
_LONGEST_TAG = 4_000
_TAG = re.compile(r"</?([a-z][a-z0-9:]{0,30})", re.IGNORECASE)
_REST_OF_TAG = re.compile(r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_GAP = re.compile(r"\n{3,}")
_UNSEEN = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in ("script", "style", "title")}
_BLOCKS = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "hr",
           "pre", "section", "article", "address", "blockquote"}  # fmt: skip

_MARKED = {"div", "blockquote", "p", "hr", "table", "pre", "span"}
"""What mail programs put marks on."""
_SIGNATURE = "-- "


def plain_of_html(page: str) -> str:
    """Give the text of a page; a line that it quotes begins with ">"."""
    reader = _Reader(page[:MOST_LETTERS])
    reader.read()
    return _GAP.sub("\n\n", "\n".join(reader.lines)).strip()


@dataclass(slots=True)
class _Reader:
    page: str
    lines: list[str] = field(default_factory=list)
    _line: list[str] = field(default_factory=list)
    _quotes: int = 0
    _open: dict[str, list[bool]] = field(default_factory=lambda: {"div": [], "blockquote": []})
    """Of the parts that are open and may be quotes, whether each is one."""
    _is_tight: bool = False
    _missing: set[str] = field(default_factory=set)
    """What does not come any more: it is looked for once."""

    def read(self) -> None:
        at = 0
        while (start := self.page.find("<", at)) >= 0:
            self._write(self.page[at:start])
            at = self._pass(start)
        self._write(self.page[at:])
        self._break()

    def _pass(self, start: int) -> int:
        """Read what a "<" begins, and say where the text goes on."""
        if tag := _TAG.match(self.page, start):
            return self._pass_tag(tag)
        if self.page.startswith("<!--", start):
            return self._after("-->", start + 4)
        if self.page.startswith(("<!", "<?", "</"), start):
            return self._after(">", start + 2)
        self._write("<")
        return start + 1

    def _pass_tag(self, tag: re.Match[str]) -> int:
        name, is_closing = tag[1].lower(), tag[0].startswith("</")
        rest = _REST_OF_TAG.match(self.page, tag.end(), tag.end() + _LONGEST_TAG)
        end = rest.end() if rest else self._end_of_broken_tag(tag.end())
        self._lay_out(name, is_closing=is_closing)
        if is_closing:
            self._close(name)
        else:
            self._open_part(name, rest[0] if rest else "")
        if name not in _UNSEEN or is_closing or name in self._missing:
            return end
        closing = _UNSEEN[name].search(self.page, end)
        if closing is None:
            self._missing.add(name)
            return end
        return self._after(">", closing.end())

    def _end_of_broken_tag(self, start: int) -> int:
        following = self.page.find("<", start)
        end = self.page.find(">", start, following if following >= 0 else len(self.page))
        return end + 1 if end >= 0 else start  # no tag at all: its words are shown

    def _lay_out(self, name: str, *, is_closing: bool) -> None:
        if name == "br" or (name in _BLOCKS and self._line):
            self._break()
        if name == "p" and is_closing and not self._is_tight:
            self._break()

    def _open_part(self, name: str, attributes: str) -> None:
        if name == "img":
            self._write(emoji_of(attributes))
        if name not in _MARKED:
            return
        marks = marks_of(name, attributes)
        self._is_tight = marks.is_tight if name == "p" else self._is_tight
        if marks.ends_the_new and not self._quotes:
            self.lines.append(MARKER)
        elif marks.is_signature and not self._quotes:
            self._break()
            self.lines.append(_SIGNATURE)
        if name in self._open:
            self._open[name].append(marks.is_quote)
        if marks.is_quote:
            self._quotes += 1
            self.lines.append(A_QUOTE)

    def _close(self, name: str) -> None:
        if self._open.get(name) and self._open[name].pop():
            self._quotes -= 1

    def _after(self, text: str, start: int) -> int:
        """Say where the next such text ends; where none comes, what begins here is no tag."""
        if text in self._missing:
            return start
        found = self.page.find(text, start)
        if found < 0:
            self._missing.add(text)
            return start
        return found + len(text)

    def _write(self, text: str) -> None:
        if text.strip() or self._line:
            self._line.append(_unescaped(text))

    def _break(self) -> None:
        words = " ".join("".join(self._line).split())
        self.lines.append(f"> {words}" if self._quotes else words)
        self._line.clear()


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # a number of more digits than there are letters
        return text
