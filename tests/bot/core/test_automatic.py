import pytest

from bot.core.arrivals import EchoSeen
from bot.core.automatic import is_automatic
from bot.core.events import Event
from tests.factories import closed, moment, replied, tell, wrote


def _echo(at: float, *, automatic: bool | None) -> EchoSeen:
    return EchoSeen("We are away", moment(at), moment(at), automatic=automatic)


@pytest.mark.parametrize(
    ("before", "echo", "automatic"),
    [
        ([wrote(at=0)], _echo(900, automatic=True), True),
        ([wrote(at=0)], _echo(1, automatic=False), False),
        ([wrote(at=0)], _echo(0, automatic=None), True),
        ([wrote(at=0)], _echo(3, automatic=None), True),
        ([wrote(at=0)], _echo(3.1, automatic=None), False),
        ([wrote(at=0), wrote(at=60)], _echo(61, automatic=None), False),
        ([wrote(at=0), replied(at=30), wrote(at=60)], _echo(61, automatic=None), False),
        ([wrote(at=0)], _echo(-1, automatic=None), False),
        ([wrote(at=0), closed(at=1)], _echo(2, automatic=None), False),
    ],
)
def test_the_channel_or_the_first_seconds_tell(
    before: list[Event], echo: EchoSeen, *, automatic: bool
) -> None:
    assert is_automatic(tell(*before).conversation, echo) is automatic


@pytest.mark.parametrize("named", [True, False, None])
def test_before_anything_else_the_channel_alone_tells(*, named: bool | None) -> None:
    assert is_automatic(None, _echo(0, automatic=named)) is bool(named)


@pytest.mark.parametrize(
    ("at", "elsewhere", "automatic"),
    [(30, 2, False), (30, 3, True), (60, 3, True), (61, 9, False), (-1, 9, False)],
)
def test_what_stands_in_three_other_conversations_is_a_programs_if_it_comes_soon(
    at: float, elsewhere: int, *, automatic: bool
) -> None:
    asked = tell(wrote(at=-900), replied(at=-800), wrote(at=0)).conversation
    assert is_automatic(asked, _echo(at, automatic=None), elsewhere) is automatic
    assert not is_automatic(asked, _echo(at, automatic=False), elsewhere)
    assert not is_automatic(None, _echo(at, automatic=None), elsewhere)
