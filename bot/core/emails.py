"""Reading email addresses out of text: a token is an address as a whole, or it is none."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

_MOST_CHARACTERS = 4000
_MOST_IN_ADDRESS = 254  # RFC 5321, and what email-validator allows
_MOST_TOKENS = 25  # more different ones are a pasted list, and judging an address costs time

_FULL_WIDTH_AT = "\uff20"
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # U+FF01 stands for "!"
_BLANKS = " \t\n\r\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_ENCLOSING = r"()\[\]{}<>" + '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u300a-\u3011'
_WORD = re.compile(f"[^{_BLANKS}]+")
_TOKEN = re.compile(f"[^{_BLANKS}{_ENCLOSING}]+")
_SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
_BEFORE = _SINGLE_QUOTES + ",;:"
_AFTER = _SINGLE_QUOTES + ".,;:!?\u2026\u3001\u3002\u060c\u061b\u061f"
_LABEL = re.compile(r"(?:mailto|e-?mail):", re.IGNORECASE)

# RFC 5322 allows more, but in running text these come from links, forms and markup around an
# address, or are old routing ("you%there@here"), so the address meant is another one.
_PLAIN_LOCAL = re.compile(r"[a-z0-9_][a-z0-9_.+'&#$~-]*", re.IGNORECASE)

_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")
_REPLACEMENT = "\ufffd"  # stands where a NUL was, which no database keeps
_LAST_LABEL = re.compile(r"xn--[a-z0-9-]+|[a-z]{2,}")
_PRIVATE_USE = frozenset(
    {"alt", "corp", "home", "internal", "intranet", "lan", "localdomain", "private"}
)
_NOBODY = frozenset({"noreply", "donotreply"})
_WITHOUT_MARKS = str.maketrans("", "", "._-")


class Flaw(StrEnum):
    """Why something with an "@" is no address of the visitor."""

    MALFORMED = "malformed"
    HIDDEN_CHARACTER = "hidden_character"
    NOT_ASCII_LOCAL = "not_ascii_local"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Address:
    """An address, lower-case and ASCII. Two with one `key` are one contact."""

    email: str
    key: str
    lookalike: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text holds: distinct addresses in order, and a flaw for each other token with "@"."""

    addresses: tuple[Address, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    bare: bool = False


_NOTHING = Reading()


def read(text: str, own_domains: Collection[str] = ()) -> Reading:
    """Find the addresses in a message; `bare` if the message is nothing but one address."""
    if "@" not in text and _FULL_WIDTH_AT not in text:
        return _NOTHING
    tokens = [trimmed for token in _tokens(text) if (trimmed := _trim(token))]
    candidates = [token for token in tokens if "@" in token]
    distinct = dict.fromkeys(candidates)
    if len(distinct) > _MOST_TOKENS:
        return Reading(flaws=(Flaw.MALFORMED,))
    verdicts = {token: _judge_in_text(token, own_domains) for token in distinct}
    addresses = {found.key: found for found in verdicts.values() if isinstance(found, Address)}
    flaws = tuple(flaw for token in candidates if isinstance(flaw := verdicts[token], Flaw))
    alone = len(addresses) == 1 and not flaws and len(candidates) == len(tokens)
    return Reading(tuple(addresses.values()), flaws, alone and len(text) <= _MOST_CHARACTERS)


def validate(email: str, own_domains: Collection[str] = ()) -> Address | Flaw:
    """Judge one address that was given as such, in a field or by an agent."""
    return _judge(email.strip(" \t\r\n\xa0").translate(_FULL_WIDTH), own_domains)


def _tokens(text: str) -> Iterator[str]:
    # One character more than is read: a token that reaches it has been cut.
    head = text[: _MOST_CHARACTERS + 1].translate(_FULL_WIDTH)
    for word in _WORD.finditer(head):
        # A link stays whole: after a bracket in its password comes no address.
        pattern = _WORD if "://" in word[0] else _TOKEN
        for token in pattern.finditer(head, *word.span()):
            if token.end() <= _MOST_CHARACTERS:
                yield token[0]


def _trim(token: str) -> str:
    token = token.lstrip(_BEFORE).rstrip(_AFTER)
    label = _LABEL.match(token)
    if label is None:
        return token
    address, _, _query = token[label.end() :].partition("?")
    return address


def _judge_in_text(token: str, own_domains: Collection[str]) -> Address | Flaw:
    verdict = _judge(token, own_domains)
    if isinstance(verdict, Flaw) or _PLAIN_LOCAL.fullmatch(token.partition("@")[0]):
        return verdict
    return Flaw.MALFORMED


def _judge(candidate: str, own_domains: Collection[str]) -> Address | Flaw:
    if len(candidate) > _MOST_IN_ADDRESS:
        return Flaw.MALFORMED
    if _hides_something(candidate):
        return Flaw.HIDDEN_CHARACTER
    local, _, domain = candidate.partition("@")
    if not local.isascii():
        return Flaw.NOT_ASCII_LOCAL
    valid = _valid(candidate)
    if valid is None or not _is_public(valid, domain):
        return Flaw.MALFORMED
    email = f"{local}@{valid.ascii_domain}".lower()
    if _is_own(email, own_domains):
        return Flaw.OWN
    return Address(email=email, key=email, lookalike=".xn--" in f".{valid.ascii_domain}")


def _hides_something(candidate: str) -> bool:
    if candidate.isascii() and candidate.isprintable():
        return False
    return (
        _REPLACEMENT in candidate
        or _INVISIBLE.search(candidate) is not None
        or any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in candidate)
    )


def _valid(candidate: str) -> ValidatedEmail | None:
    try:
        return validate_email(
            candidate, check_deliverability=False, strict=True, allow_smtputf8=False
        )
    except EmailNotValidError:
        return None


def _is_public(valid: ValidatedEmail, typed_domain: str) -> bool:
    if not typed_domain.isascii() and not _is_kept(valid.domain, typed_domain):
        return False  # IDNA would read a look-alike (a bold letter) as plain
    last_label = valid.ascii_domain.rpartition(".")[2]
    return _LAST_LABEL.fullmatch(last_label) is not None and last_label not in _PRIVATE_USE


def _is_kept(domain: str, typed: str) -> bool:
    composed = unicodedata.normalize("NFC", typed.lower())
    return not domain.isascii() and unicodedata.normalize("NFC", domain) == composed


def _is_own(email: str, own_domains: Collection[str]) -> bool:
    local, _, domain = email.partition("@")
    mailbox = local.partition("+")[0]
    if mailbox.translate(_WITHOUT_MARKS) in _NOBODY:
        return True
    return any(
        f"{mailbox}@{domain}" == own or f".{domain}".endswith(f".{own}")
        for own in map(str.lower, own_domains)
    )
