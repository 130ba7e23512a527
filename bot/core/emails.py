"""Reading email addresses out of text: a token is an address as a whole, or it is none."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from bot.core.domains import ends_like_a_sentence, exists, is_common, mixes_scripts, resembles
from bot.core.tokens import HANDLE, MOST_CHARACTERS, Token, cut, take_whole

_MOST_IN_ADDRESS = 254  # RFC 5321, and what email-validator allows
_MOST_TOKENS = 25  # more different ones are a pasted list, and judging an address costs time

_FULL_WIDTH_AT = "\uff20"

# RFC 5322 allows more, but in running text these come from links, forms and markup around an
# address, or are old routing ("you%there@here"), so the address meant is another one.
_PLAIN_LOCAL = re.compile(r"[a-z0-9_][a-z0-9_.+'&#$~-]*", re.IGNORECASE)

_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")
_REPLACEMENT = "\ufffd"  # stands where a NUL was, which no database keeps
_TYPED_APOSTROPHE = re.compile("(?<=[A-Za-z])[\u2019\u02bc](?=[A-Za-z][^@]{0,64}@)")
_ASKS = re.compile(r"[?\uff1f][\W]{0,20}$")
_AT = "at|ät|chiocciola|arroba|arobase|apenstaartje|małpa|zavináč|snabel-?a|kukac|собака"
_DOT = r"(?:dot|\(dot\)|\[dot\]|punkt|punktum|punto|point|ponto|punt|kropka|tečka|pont|точка)"
_SPELLED_OUT = re.compile(
    rf"\b[\w.+-]{{1,64}}\s{{1,3}}(?:{_AT}|\(at\)|\[at\])"
    rf"\s{{1,3}}((?:[\w-]{{1,63}}\s{{1,3}}{_DOT}\s{{1,3}}){{1,3}}\w{{2,24}})\b",
    re.IGNORECASE,
)
_AT_IN_BRACKETS = re.compile(
    rf"[(\[{{](?:a|{_AT})[)\]}}]\s{{0,3}}([\w.-]{{1,253}})"
    rf"(?:\s{{0,3}}[(\[{{]{_DOT}[)\]}}]\s{{0,3}}(\w{{2,24}}))?",
    re.IGNORECASE,
)
_SAYS_DOT = re.compile(rf"\s{_DOT}\s", re.IGNORECASE)
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
class AddressReading:
    """The addresses in a text, distinct and in order, and a flaw for each failed try at one."""

    addresses: tuple[Address, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    bare: bool = False
    around: str = ""
    """The text with U+FFFC in the place of each address; empty where there is none."""


MARK = "\ufffc"
_NOTHING = AddressReading()
_SPELLED = AddressReading(flaws=(Flaw.MALFORMED,))


def read(text: str, own_domains: Collection[str] = ()) -> AddressReading:
    """Find the addresses in a message; `bare` if the message is nothing but one address."""
    if "@" not in text and _FULL_WIDTH_AT not in text:
        return _SPELLED if _is_spelled_out(text) else _NOTHING
    tokens = cut(text)
    tries = _tries(tokens)
    distinct = dict.fromkeys(token.text for token in tries)
    if len(distinct) > _MOST_TOKENS:
        return AddressReading(flaws=(Flaw.MALFORMED,))
    verdicts = {each: _judge_in_text(each, own_domains) for each in distinct}
    addresses = {found.key: found for found in verdicts.values() if isinstance(found, Address)}
    flaws = tuple(flaw for each in tries if isinstance(flaw := verdicts[each.text], Flaw))
    around = _around(text, tries) if addresses else ""
    alone = len(addresses) == 1 and not flaws and len(tries) == len(tokens) and "?" not in around
    return AddressReading(
        tuple(addresses.values()), flaws, alone and len(text) <= MOST_CHARACTERS, around
    )


def validate(email: str, own_domains: Collection[str] = ()) -> Address | Flaw:
    """Judge one address that was given as such, in a field or by an agent."""
    if len(email) > MOST_CHARACTERS:
        return Flaw.MALFORMED
    return _judge(take_whole(email), own_domains)


def key_of(email: str) -> str:
    """Give the key under which an address is stored, also one that would not be taken today."""
    address = validate(email)
    return address.key if isinstance(address, Address) else email.strip().lower()


def domain_of(email: str) -> str:
    """Give the domain of an address as mail servers write it."""
    address = validate(email)
    written = address.email if isinstance(address, Address) else email
    return written.rpartition("@")[2].lower()


def _tries(tokens: list[Token]) -> list[Token]:
    around = [None, *tokens, None]
    return [
        token
        for before, token, after in zip(around, tokens, around[2:], strict=False)
        if "@" in token.text and _is_a_try(before, token.text, after)
    ]


def _is_a_try(before: Token | None, text: str, after: Token | None) -> bool:
    if "://" in text:
        return "@" in re.split("[/?#]", text.partition("://")[2], maxsplit=1)[0]
    if not any(map(str.isalnum, text)):  # "alice @ example.com", but not "at 5pm"
        return before is not None and after is not None and resembles(after.text)
    if handle := HANDLE.fullmatch(text):  # also "@ada.berlin"
        return is_common(handle[1]) and resembles(handle[1])
    return "/@" not in text


def _is_spelled_out(text: str) -> bool:
    head = text[:MOST_CHARACTERS]
    if any(map(_is_a_domain, _AT_IN_BRACKETS.finditer(head))):
        return True
    if not _SAYS_DOT.search(head):
        return False  # as nearly every message: this is a fifth of the work
    found = _SPELLED_OUT.search(head)
    return found is not None and exists(f".{found[1].split()[-1]}")


def _is_a_domain(found: re.Match[str]) -> bool:
    return resembles(f"{found[1]}.{found[2]}" if found[2] else found[1].rstrip("."))


def _around(text: str, tries: list[Token]) -> str:
    head, pieces, last = text[:MOST_CHARACTERS], [], 0
    for token in tries:
        asks = "?" if _ASKS.search(head, token.start, token.end) else ""
        pieces += [head[last : token.start], MARK + asks]
        last = token.end
    return "".join([*pieces, head[last:]])


def _judge_in_text(token: str, own_domains: Collection[str]) -> Address | Flaw:
    verdict = _judge(token, own_domains)
    if isinstance(verdict, Flaw) or _PLAIN_LOCAL.fullmatch(verdict.email.partition("@")[0]):
        return verdict
    return Flaw.MALFORMED


def _judge(candidate: str, own_domains: Collection[str]) -> Address | Flaw:
    if len(candidate) > _MOST_IN_ADDRESS:
        return Flaw.MALFORMED
    candidate = _TYPED_APOSTROPHE.sub("'", candidate)
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
    if ends_like_a_sentence(typed_domain) or mixes_scripts(valid.ascii_domain):
        return False
    return exists(valid.ascii_domain)


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
