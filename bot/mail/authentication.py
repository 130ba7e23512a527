"""Reads `Authentication-Results` (RFC 8601): what servers found out about a mail's sender.

A mail carries such fields of many servers, and of forgers. Only the topmost one counts that bears
the id of our own receiving server, which takes away those that came in under its name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

_MOST_LETTERS = 8_000
_MOST_RESULTS = 50
_BLANKS = " \t\r\n"
_MARKS = ";="
_BREAKS = f"{_BLANKS}{_MARKS}("
_HEAD = (1, 2)  # an id, and perhaps a version


class SenderVerdict(StrEnum):
    """What our receiving server says of the address in From."""

    GENUINE = "genuine"
    FORGED = "forged"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class MethodResult:
    """What one method found, such as `spf=pass smtp.mailfrom=example.com`; all in lower case."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def all(self, *names: str) -> Iterator[str]:
        """Give the values of the properties of these names."""
        return (value for name, value in self.properties if name in names)


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """One field: whose it is, and what it says."""

    server: str
    """The authserv-id, in lower case."""
    results: tuple[MethodResult, ...] = ()


def read_results(field: str) -> AuthenticationResults | None:
    """Read a field's value; None: it is none, or too long."""
    tokens = _tokens(field) if len(field) <= _MOST_LETTERS else None
    if tokens is None:
        return None
    head, *sections = _sections(tokens)
    if len(head) not in _HEAD or "=" in head or not head[0]:
        return None
    found = (_result(section) for section in sections[:_MOST_RESULTS])
    return AuthenticationResults(head[0].lower(), tuple(each for each in found if each))


def judge(fields: Sequence[AuthenticationResults], server: str, domain: str) -> SenderVerdict:
    """Say whether our server, known by its id, takes a mail for one from a domain."""
    ours = next((field for field in fields if field.server == server.lower()), None)
    if ours is None:
        return SenderVerdict.UNCONFIRMED
    dmarc = [each for each in ours.results if each.method == "dmarc"]
    if any(each.result == "fail" for each in dmarc):
        return SenderVerdict.FORGED
    if any(_is_in_line(each, domain) for each in ours.results):
        return SenderVerdict.GENUINE
    others = {each.result for each in ours.results if each.method in {"spf", "dkim"}}
    is_forged = not dmarc and "fail" in others and "pass" not in others
    return SenderVerdict.FORGED if is_forged else SenderVerdict.UNCONFIRMED


def _is_in_line(found: MethodResult, domain: str) -> bool:
    """Say whether something passed that speaks for exactly the domain in From."""
    if found.result != "pass":
        return False
    match found.method:
        case "dmarc":
            named = {*found.all("header.from")}
            return not named or {_domain(name) for name in named} == {domain}
        case "spf":
            return domain in map(_domain, found.all("smtp.mailfrom", "smtp.mail"))
        case "dkim":
            return domain in found.all("header.d") or domain in map(_domain, found.all("header.i"))
        case _:
            return False


def _domain(name: str) -> str:
    return name.rpartition("@")[2].rstrip(".")


def _result(section: list[str]) -> MethodResult | None:
    pairs = list(_pairs(section))
    if not pairs:
        return None
    (method, result), *properties = pairs
    return MethodResult(method.partition("/")[0], result, tuple(properties))


def _pairs(section: list[str]) -> Iterator[tuple[str, str]]:
    """Give names and values; blanks around the marks between them don't matter."""
    name: list[str] = []
    words = iter(section)
    for word in words:
        if word == "=":
            yield "".join(name).lower(), next(words, "").lower()
            name = []
        elif name and not (word.startswith((".", "/")) or name[-1].endswith((".", "/"))):
            name = [word]  # what stood before it belongs to nothing
        else:
            name.append(word)


def _sections(tokens: list[str]) -> list[list[str]]:
    sections: list[list[str]] = [[]]
    for word in tokens:
        if word == ";":
            sections.append([])
        else:
            sections[-1].append(word)
    return sections


def _tokens(field: str) -> list[str] | None:
    """Take a field apart in one pass, without its comments; None: one of them never ends."""
    tokens: list[str] = []
    word: list[str] = []
    at = 0
    while at < len(field):
        letter = field[at]
        piece = _quoted(field, at) if letter == '"' else (letter, _after(field, at))
        text, after = piece
        if after is None:
            return None
        at = after
        if letter in _BREAKS:
            tokens += ["".join(word)] if word else []
            tokens += [letter] if letter in _MARKS else []
            word = []
        else:
            word.append(text)
    return [*tokens, "".join(word)] if word else tokens


def _after(field: str, at: int) -> int | None:
    return _after_comment(field, at) if field[at] == "(" else at + 1


def _quoted(field: str, at: int) -> tuple[str, int | None]:
    """Read a quoted text; what is a mark outside of it is none in it."""
    letters: list[str] = []
    at += 1
    while at < len(field):
        letter = field[at]
        if letter == '"':
            return "".join(letters), at + 1
        if letter == "\\":
            at += 1
            letter = field[at : at + 1]
        letters.append(letter if letter not in _MARKS else " ")
        at += 1
    return "", None


def _after_comment(field: str, at: int) -> int | None:
    depth = 0
    while at < len(field):
        match field[at]:
            case "(":
                depth += 1
            case ")":
                depth -= 1
            case "\\":
                at += 1
            case _:
                pass
        at += 1
        if not depth:
            return at
    return None
