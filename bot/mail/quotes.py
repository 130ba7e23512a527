"""Tells what somebody has written from what a mail program has put around it, line by line."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import chain, takewhile

MARKER = "##-"
"""What stands around the line above which an answer is: no mail program changes it."""
A_QUOTE = f"> {MARKER}"
"""A line of our own that says: what is marked by ">" was marked by a program."""
_MOST = 40_000
_LONGEST_ATTRIBUTION = 400
_LINES_OF_AN_ATTRIBUTION = 3
_LINES_OF_A_HEADER = 6
_RULE = "_" * 10
_TIME = re.compile(r"\d{1,2}[:.]\d{2}")
_GAP = re.compile(r"\n{3,}")
_WROTE = (
    ("on ", "wrote"),
    ("am ", "schrieb"),
    ("le ", "écrit"),
    ("il ", "scritto"),
    ("el ", "escribió"),
    ("op ", "schreef"),
    ("em ", "escreveu"),
)
_ORIGINAL = (
    "original message",
    "ursprüngliche nachricht",
    "message d'origine",
    "messaggio original",
    "mensaje original",
    "oorspronkelijk bericht",
    "mensagem original",
)
_FROM = {"from", "von", "de", "da", "van", "fra", "från"}
_SENT = {"sent", "date", "gesendet", "datum", "envoyé", "inviato", "data", "enviado", "fecha",
         "verzonden", "sendt", "skickat"}  # fmt: skip
_SUBJECT = {"subject", "betreff", "objet", "oggetto", "asunto", "onderwerp", "assunto", "emne",
            "ämne"}  # fmt: skip


def new_part(text: str) -> str:
    """Keep what is new in an answer; all of it rather than nothing."""
    text = text[:_MOST].replace("\r\n", "\n").replace("\r", "\n")
    lines = [line.rstrip() for line in text.split("\n")]
    end = next((at for at in range(len(lines)) if _begins_a_quote(lines, at)), None)
    own = lines if end is None else [*lines[:end], A_QUOTE]
    whole = map(_joined, (_without_quotes(own), lines))
    return next(filter(says_something, whole), "")


def says_something(text: str) -> bool:
    """Say whether there is anything to read in a text."""
    return any(unicodedata.category(letter)[0] in "LNPS" for letter in text)


def _joined(lines: Sequence[str]) -> str:
    shown = (line for line in lines if line != A_QUOTE)
    return _GAP.sub("\n\n", "\n".join(shown)).strip()


def _begins_a_quote(lines: Sequence[str], at: int) -> bool:
    """Say whether all that follows is a program's: an answer below can't be told from it."""
    line = _plain(lines[at])
    if _is_quoted(line):
        return False
    if line.startswith("--") and line.endswith("--"):
        return line.strip("- ").startswith(_ORIGINAL)
    if line.startswith(_RULE) and not line.strip("_"):
        return _is_header(lines, at + 1) or _is_header(lines, at + 2)
    return MARKER in line or _is_header(lines, at) or _introduces(lines, at)


def _is_header(lines: Sequence[str], at: int) -> bool:
    """Say whether a program has copied the header of an earlier mail here."""
    first, *others = map(_field, lines[at : at + _LINES_OF_A_HEADER] or [""])
    return first in _FROM and not (_SENT.isdisjoint(others) or _SUBJECT.isdisjoint(others))


def _introduces(lines: Sequence[str], at: int) -> bool:
    """Say whether a program's "On … wrote:" is here, with something below that is not marked."""
    end = _end_of_introduction(lines, at)
    return end is not None and not _is_quoted(next(filter(None, lines[end : end + 2]), ""))


def _end_of_introduction(lines: Sequence[str], at: int) -> int | None:
    start = _plain(lines[at])
    verbs = [verb for opening, verb in _WROTE if start.startswith(opening)]
    for end in range(at + 1, at + 1 + _LINES_OF_AN_ATTRIBUTION if verbs else 0):
        line = " ".join(map(_plain, lines[at:end]))
        if _is_attribution(line) and any(verb in line for verb in verbs):
            return end
    return None


def _without_quotes(lines: Sequence[str]) -> Sequence[str]:
    """Drop the marked lines, if a program marked them, and what introduces the first of them."""
    first = next((at for at, line in enumerate(lines) if _is_quoted(line)), len(lines))
    above = _without_attribution(lines[:first])
    is_quote = len(above) < first or any(MARKER in line for line in lines[first:])
    if first == len(lines) or not is_quote:
        return lines
    return [*above, *(line for line in lines[first:] if not _is_quoted(line))]


def _without_attribution(lines: Sequence[str]) -> Sequence[str]:
    """Drop the last words if a program wrote them, in whatever language; else all lines stay."""
    blank = sum(1 for _ in takewhile(lambda line: not line.strip(" |"), reversed(lines)))
    end = len(lines) - blank
    starts = range(max(0, end - _LINES_OF_AN_ATTRIBUTION), end)
    known = (at for at in starts if _end_of_introduction(lines, at) == end)
    other = (at for at in reversed(starts) if _is_attribution(_plain(" ".join(lines[at:end]))))
    at = next(chain(known, other), None)
    return lines if at is None else lines[:at]


def _is_attribution(line: str) -> bool:
    names_a_mail = "@" in line or _TIME.search(line) is not None
    return line.endswith(":") and len(line) <= _LONGEST_ATTRIBUTION and names_a_mail


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _field(line: str) -> str:
    return line.partition(":")[0].strip(" *\xa0\t").lower() if ":" in line else ""


def _plain(line: str) -> str:
    return " ".join(line.lower().split())
