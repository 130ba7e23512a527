"""Contrast between colours, as WCAG 2 computes it."""

WHITE = "#ffffff"
INK = "#1d1b18"
BLACK = "#000000"
LIGHT_SURFACE = WHITE
DARK_SURFACE = "#181c1a"
FOR_SHAPES = 3.0
FOR_TEXT = 4.5
_STEPS = 20
_OURS = {"#0e6b58": "#46bfa0"}  # what a painter made of our own green for the dark
_LINEAR_UP_TO = 0.04045


def contrast(one: str, other: str) -> float:
    """Say how far two colours stand apart: 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(color: str) -> str:
    """Choose the colour for text on this one: white or ink, black where neither is enough."""
    return next(text for text in (WHITE, INK, BLACK) if contrast(text, color) >= FOR_TEXT)


def lightened_for(surface: str, color: str) -> str:
    """Mix in white until the colour can be told from a dark surface as well as text must be."""
    mixes = (_with_white(color, step / _STEPS) for step in range(_STEPS + 1))
    return next(mix for mix in mixes if contrast(mix, surface) >= FOR_TEXT)


def accent(color: str) -> dict[str, dict[str, str]]:
    """Write the accent with the colour of what stands on it, in both schemes."""
    dark = _OURS.get(color) or lightened_for(DARK_SURFACE, color)
    return {
        scheme: {"accent": tone, "on_accent": text_on(tone)}
        for scheme, tone in (("light", color), ("dark", dark))
    }


def _with_white(color: str, share: float) -> str:
    parts = (round(part + (255 - part) * share) for part in _parts(color))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= _LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4


def _parts(color: str) -> list[int]:
    return [int(color[start : start + 2], 16) for start in (1, 3, 5)]
