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
