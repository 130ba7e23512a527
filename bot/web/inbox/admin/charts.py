"""The figures of a chart as lengths: a page without inline styles draws them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.desk.funnel import Steps

WIDTH, HEIGHT = 480, 96
_BAR = 12
_FULL = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar for one hour of the day, in the chart's own units."""

    hour: int
    x: float
    width: float
    asked: float
    answered: float
    contacts: float
    steps: Steps


def draw_hours(hours: Sequence[Steps]) -> list[Bar]:
    """Draw how many were asked, answered and became contacts, by hour of the day."""
    most = max((steps.asked for steps in hours), default=0) or 1
    place = WIDTH / len(hours)
    return [
        Bar(
            hour,
            round(hour * place + (place - _BAR) / 2, 1),
            _BAR,
            *_heights(steps, most),
            steps=steps,
        )
        for hour, steps in enumerate(hours)
    ]


def share(part: int, whole: int) -> int:
    """Say how many of a hundred that is."""
    return round(part / whole * _FULL) if whole else 0


def _heights(steps: Steps, most: int) -> tuple[float, float, float]:
    asked, answered, contacts = (
        round(count / most * HEIGHT, 1) for count in (steps.asked, steps.answered, steps.contacts)
    )
    return asked, answered, contacts
