"""What is said of settings that can each be read."""

import pytest

from config.concerns import find_concerns
from tests.environment import CANARY, SECRET, SetUp

ANYWHERE = {"HOST": "0.0.0.0"}  # noqa: S104 - only a text here
PUBLIC = {"PUBLIC_URL": "https://chat.example.com"}
DEMO = {"DEMO": "true"}
PROXIES = {"TRUSTED_PROXIES": "127.0.0.1"}


@pytest.mark.parametrize(
    ("environment", "subjects"),
    [
        ({}, []),
        (DEMO, []),
        ({**ANYWHERE, **PUBLIC}, []),
        ({**PUBLIC, **PROXIES}, []),
        ({"SECRET_KEY": SECRET}, []),
        ({**DEMO, **PUBLIC, **PROXIES}, ["demo"]),
        ({**DEMO, **ANYWHERE, **PUBLIC}, ["demo"]),
        ({**DEMO, **ANYWHERE}, ["demo", "address"]),
        (ANYWHERE, ["address"]),
        ({**ANYWHERE, "PUBLIC_URL": "http://shop.localhost:80"}, ["address"]),
        (PUBLIC, ["proxy"]),
        ({"SECRET_KEY": f"{SECRET},{CANARY}"}, ["secret key"]),
        ({**DEMO, **PUBLIC, "SECRET_KEY": f"{SECRET},{CANARY}"}, ["demo", "proxy", "secret key"]),
    ],
)
def test_what_needs_attention_is_named(
    set_up: SetUp, environment: dict[str, str], subjects: list[str]
) -> None:
    concerns = list(find_concerns(set_up(**environment)))
    assert [one.subject for one in concerns] == subjects
    assert CANARY not in repr(concerns)
    assert all(one.words.endswith(".") and one.advice.endswith(".") for one in concerns)
