"""Tells what somebody has written from what a mail program has put below it."""

import re
from html.parser import HTMLParser

from mailparser_reply import EmailReplyParser

MARKER = "##-"
"""What stands around the line above which an answer is: no mail program changes it."""
_LANGUAGES = ("en", "it", "de", "fr", "es", "nl")
_MOST = 40_000
_MOST_TO_PARSE = 3_000  # the library's patterns take time that grows faster than the text
_MARKED = re.compile(rf"^.*{re.escape(MARKER)}", re.MULTILINE)
_LONGEST_ATTRIBUTION = 400
_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "ul", "ol", "table"})
_UNSEEN = frozenset({"script", "style", "head", "title", "blockquote"})
_parser = EmailReplyParser(languages=list(_LANGUAGES))


def new_part(text: str) -> str:
    """Keep what is new: above our own line first, for that is the surest, then by the habits."""
    text = text[:_MOST].replace("\r\n", "\n").replace("\r", "\n")
    above, is_marked = text, False
    if found := _MARKED.search(text):
        above, is_marked = text[: found.start()], True
    if is_marked:
        above = _without_attribution(above)
    above = re.sub(r"\n{3,}", "\n\n", above).strip()
    if len(above) > _MOST_TO_PARSE:
        return above
    return (_parser.parse_reply(text=above) or "").strip() or above


def plain_of_html(html: str) -> str:
    """Read a page as text, without what it quotes."""
    reader = _Reader()
    reader.feed(html[: 4 * _MOST])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without_attribution(text: str) -> str:
    """Drop the words with which a program introduces what it quotes, in whatever language."""
    body = re.sub(r"(?:\s*^[>|\s]*$)+\Z", "", text.rstrip(), flags=re.MULTILINE)
    before, _, last = body.rpartition("\n\n")
    line = " ".join(last.split())
    is_attribution = line.endswith(":") and len(line) <= _LONGEST_ATTRIBUTION
    if is_attribution and ("@" in line or re.search(r"\d{1,2}[:.]\d{2}", line)):
        return before
    return body


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _UNSEEN:
            self._hidden += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data.replace("\n", " "))
