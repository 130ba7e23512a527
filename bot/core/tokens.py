"""Cuts a text into tokens: between blanks, brackets and quotes, and where another script begins."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MOST_CHARACTERS = 4000
"""Nothing after so many characters is read, and a token that reaches beyond them is dropped."""

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""What full-width forms stand for: U+FF01 for "!", U+FF20 for "@"."""

_BLANKS = " \t\n\r\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
ENCLOSING = '()[]{}<>|`"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a' + "".join(
    map(chr, range(0x3008, 0x3012))
)
"""Brackets, quotes and bars: what they enclose is a token."""
_WORD = re.compile(f"[^{_BLANKS}]+")
_TOKEN = re.compile(f"[^{_BLANKS}{re.escape(ENCLOSING)}]+")

# Han, Kana, Hangul, Thai, Lao, Myanmar, Khmer: written without blanks between words.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
# marks that no domain holds, and that no address begins with
_BETWEEN = ",;:!?'\u2018\u2019\u3001\u30fb\u2192\u21d2\u27a1"
_BORDER = re.compile(
    f"(?<=[A-Za-z])(?=[{_BETWEEN}]{{0,3}}[{_UNSPACED}])"
    f"|(?:(?<=[{_UNSPACED}])|(?<=[{_UNSPACED}][{_BETWEEN}]))(?=[A-Za-z]|[0-9][0-9A-Za-z._+-]*@)"
)
_SUFFIXED = re.compile(r"([^@]+@[\w.-]*\w)(['\u2019][^\W\d_]{1,8})")
"""A name with an ending that an apostrophe joins to it: `ada@example.com's`."""
HANDLE = re.compile(f"\\A[{_UNSPACED}]*@(.+)")
"""A name in another service, also right behind a script without blanks: `インスタは@ada`."""

_STOP = re.compile("[\u3002\uff61]")
_STOP_FOR_A_DOT = re.compile("(?<=[0-9A-Za-z])[\u3002\uff61](?=[0-9A-Za-z])")

_BEFORE = "'\u2018\u2019\u201a\u201b,;:*"
_AFTER = "'\u2018\u2019\u201a\u201b.,;:!?*/\\-"
_PAIRED = "_~"
_LOOSE = frozenset({"So", "Sk", "Po", "Pd", "Pi", "Pf", "Ps", "Pe", "Cf"})
_TURNING = "\u202d\u202e"  # they show text backwards: an attempt to deceive, not a stray mark
_REPLACEMENT = "\ufffd"
_VARIATIONS = "\ufe0e\ufe0f"

_LABELS = """
    to from cc an von para à mail e-mail email mailto adresse address mailadresse
    e-mail-adresse emailadresse indirizzo
    posta correo correoelectrónico courriel mél dirección direccion endereço endereco adres
    mailadres adresa e e-mailadres emailadres epost e-post sähköposti poczta e-mailu eposta e-posta
    почта эл.почта имейл емейл пошта mejl ηλεκτρονική 邮箱 邮件 电子邮件 電子郵件 信箱 メール
    メールアドレス アドレス 이메일 메일 이메일주소 อีเมล ایمیل
"""
_LABEL = re.compile(
    rf"(?:{'|'.join(sorted(map(re.escape, _LABELS.split()), key=len, reverse=True))})[:=]-?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of a text without the marks around it, and where it stood with them."""

    text: str
    start: int
    end: int

    @property
    def is_link(self) -> bool:
        """Whether the token is a link with a scheme, which stays whole."""
        return "://" in self.text


def cut(text: str) -> list[Token]:
    """Cut the first 4,000 characters of a text into tokens; full-width forms are replaced."""
    # One character more than is read: a token that reaches it has been cut.
    head = text[: MOST_CHARACTERS + 1].translate(FULL_WIDTH)
    pieces = (piece for word in _WORD.finditer(head) for piece in _pieces(word))
    trimmed = (Token(trim(piece.text), piece.start, piece.end) for piece in pieces)
    return [token for token in trimmed if token.text and token.end <= MOST_CHARACTERS]


def take_whole(typed: str) -> str:
    """Take what was typed into a field for one token, without the marks around it."""
    folded = typed.strip().translate(FULL_WIDTH).strip(ENCLOSING)
    local, at, domain = folded.partition("@")
    return trim(local + at + _STOP_FOR_A_DOT.sub(".", domain))


def trim(token: str) -> str:
    """Take off the marks, labels and invisible characters around an address."""
    bare = _without_marks(token)
    label = _LABEL.match(bare)
    if label is None:
        return bare
    address, _, _query = bare[label.end() :].partition("?")
    return _without_marks(address)


def _pieces(word: re.Match[str]) -> Iterator[Token]:
    if "://" in word[0]:
        yield Token(word[0], *word.span())
        return
    for part in _TOKEN.finditer(word.string, *word.span()):
        yield from _at_borders(part[0], part.start())


def _at_borders(part: str, start: int) -> Iterator[Token]:
    for written in [part] if part.isascii() else _BORDER.split(part):
        for piece in _at_stops(written):
            for each in _before_suffix(piece):
                yield Token(each, start, start + len(each))
                start += len(each)


def _before_suffix(piece: str) -> tuple[str, ...]:
    suffixed = _SUFFIXED.fullmatch(piece)
    return suffixed.groups() if suffixed else (piece,)


def _at_stops(written: str) -> Iterator[str]:
    before, at, after = written.partition("@")
    after = _STOP_FOR_A_DOT.sub(".", after)  # example。com is typed so by East Asian keyboards
    last_stop = max((stop.end() for stop in _STOP.finditer(before)), default=0)
    next_stop = _STOP.search(after)
    end = next_stop.start() if next_stop else len(after)
    yield from filter(
        None, (before[:last_stop], before[last_stop:] + at + after[:end], after[end:])
    )


def _without_marks(token: str) -> str:
    start, end = 0, len(token)
    while start < end and _is_mark(token[start], _BEFORE) and token[start + 1 : start + 2] != "@":
        start += 1
    while start < end and _is_mark(token[end - 1], _AFTER):
        end -= 1
    return _without_pairs(token[start:end])


def _without_pairs(token: str) -> str:
    bare = token.rstrip(
        _PAIRED + _AFTER
    )  # no domain ends so: they are marks, and so are their pairs
    if bare == token:
        return token
    pair = token[len(bare)]
    return bare.lstrip(pair) if pair in _PAIRED else bare


def _is_mark(character: str, marks: str) -> bool:
    if character.isascii():
        return character in marks
    if character in _TURNING or character == _REPLACEMENT:
        return False
    return character in _VARIATIONS or unicodedata.category(character) in _LOOSE
