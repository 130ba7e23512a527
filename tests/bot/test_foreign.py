"""Which addresses that others have named may be reached."""

import pytest

from bot.edge.ssrf_guard import RefusedUrlError
from bot.wiring.foreign import guard_of
from tests.environment import SetUp, set_up

__all__ = ["set_up"]  # for pytest to find
PUBLIC = {"PUBLIC_URL": "https://chat.example.com"}


@pytest.mark.parametrize(
    ("environment", "may"),
    [
        ({}, True),
        ({"DEMO": "true", "HOST": "0.0.0.0"}, True),  # noqa: S104 - only a text here
        ({"DEMO": "false"}, False),
        (PUBLIC, False),
        ({**PUBLIC, "DEMO": "true"}, False),
        ({**PUBLIC, "DEMO": "true", "HOST": "127.0.0.1"}, False),
    ],
)
def test_webhooks_reach_this_machine_only_from_a_demo_for_it(
    set_up: SetUp, environment: dict[str, str], *, may: bool
) -> None:
    guard = guard_of(set_up(**environment))
    if may:
        guard.check("http://127.0.0.1:9000/hook")
        assert guard.find("127.0.0.1", 9000) == ["127.0.0.1"]
        return
    with pytest.raises(RefusedUrlError):
        guard.check("http://127.0.0.1:9000/hook")
    with pytest.raises(RefusedUrlError):
        guard.find("127.0.0.1", 9000)
