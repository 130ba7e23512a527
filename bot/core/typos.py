"""Guessing which domain was meant by one that looks mistyped."""

import re
from difflib import get_close_matches

from bot.core.emails import Address, validate
from bot.core.providers import ENDINGS, NO_TYPOS, PROVIDERS

_ALIKE = 0.85

# In a short name one letter is a large part: "max.com" is not a mistyped "mac.com".
_LONG_ENOUGH = re.compile(r"[^.]{5,}\..*")
_COMPARED = tuple(filter(_LONG_ENOUGH.fullmatch, PROVIDERS))

_COUNTRY = re.compile(r"(?:com?\.)?[a-z]{2}")

# Endings under which nobody can have a domain, and what was meant.
_MISTYPED_ENDINGS = {
    "com": "ccom cim ckm clm cmo cok col comcom comm comn con coom cpm dom fom ocm vom xom",
    "net": "ent neet ner nett nt nte",
    "org": "ogr orgg orh prg rog",
    "co.uk": "co.uj co.ukk co.ul couk",
}
_MENDED = {
    f".{wrong}": f".{right}"
    for right in _MISTYPED_ENDINGS
    for wrong in _MISTYPED_ENDINGS[right].split()
}

# Countries and more in their own right, but mistyped after a provider's name.
_MISTYPED_AFTER_A_PROVIDER = {"cam": "com", "cm": "com", "co": "com", "om": "com", "ne": "net"}


def suggest(email: str) -> str | None:
    """Give the address that was likely meant, if the domain of this one is likely a typo."""
    local, _, typed = email.strip().rpartition("@")
    meant = _meant(typed.lower())
    match validate(f"{local}@{meant}") if meant else None:
        case Address(email=likely):
            return likely
        case _:
            return None


def _meant(typed: str) -> str | None:
    if typed in PROVIDERS or typed in NO_TYPOS:
        return None
    if typed in ENDINGS:
        return f"{typed}.{ENDINGS[typed].split()[0]}"
    domain = _mend_ending(typed)
    mended = domain if domain != typed else None
    if domain in PROVIDERS or _is_another_country_of_a_provider(domain):
        return mended
    return _closest(domain) or mended


def _mend_ending(domain: str) -> str:
    name, _, ending = domain.partition(".")
    if ending in _MISTYPED_AFTER_A_PROVIDER:
        likely = f"{name}.{_MISTYPED_AFTER_A_PROVIDER[ending]}"
        return likely if likely in PROVIDERS or _closest(likely) else domain
    for wrong, right in _MENDED.items():
        if domain.endswith(wrong):
            return domain.removesuffix(wrong) + right
    return domain


def _is_another_country_of_a_provider(domain: str) -> bool:
    name, _, ending = domain.partition(".")
    return " " in ENDINGS.get(name, "") and _COUNTRY.fullmatch(ending) is not None


def _closest(domain: str) -> str | None:
    return next(iter(get_close_matches(domain, _COMPARED, 1, _ALIKE)), None)
