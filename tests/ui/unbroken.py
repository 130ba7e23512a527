"""Words without a blank, of any length, in scripts that break lines differently."""

FAMILY = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
SCRIPTS = {"latin": "W", "arabic": "\N{ARABIC LETTER SEEN}", "emoji": FAMILY}


def word(length: int, script: str = "latin") -> str:
    """Write a word of that many signs."""
    return SCRIPTS[script] * length


def email(length: int) -> str:
    """Write an email of that many letters; no part of it is longer than mail allows."""
    domain, local = "@shop.example", min(64, length - len("@shop.example"))
    labels, left = "", length - local - len(domain)
    while left > 1:
        labels += f"{'d' * min(63, left - 1)}."
        left -= min(64, left)
    return f"{'w' * local}@{labels}{domain[1:]}"
