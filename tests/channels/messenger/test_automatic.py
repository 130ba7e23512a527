"""Whether an echo is an automatic reply of the page, as far as Messenger can tell."""

import pytest

from bot.core.arrivals import EchoSeen
from tests.channels.messenger.deliveries import (
    APP,
    AUTOMATIC,
    PAGE,
    VISITOR,
    delivery,
    message,
    only_arrival,
    read,
)

_INBOX = "263902037430900"
_OURS = {"app_id": APP, "metadata": "ob:31"}


@pytest.mark.parametrize(
    ("text", "said", "automatic"),
    [
        (AUTOMATIC, {"app_id": _INBOX}, True),
        (AUTOMATIC, {}, True),
        (AUTOMATIC, {"app_id": "555"}, True),
        (AUTOMATIC.upper().replace(" ", "\u00a0\n "), {"app_id": _INBOX}, True),
        (f"{AUTOMATIC} Or at 10?", {"app_id": _INBOX}, None),
        ("Hello", {"app_id": _INBOX}, None),
        ("Hello", {"app_id": 26390203743090}, None),
        ("Hello", {"app_id": "1217981644879628"}, None),
        ("Hello", {}, None),
        ("", {}, None),
        ("Hello", {"app_id": "555"}, False),
        (AUTOMATIC, _OURS, False),
        ("Hello", _OURS, False),
    ],
)
def test_text_and_app_of_an_echo_tell_a_program_from_a_person(
    text: str, said: dict[str, object], *, automatic: bool | None
) -> None:
    echo = {**message(text=text, is_echo=True, **said), "sender": {"id": PAGE}}
    report = only_arrival(read(delivery({**echo, "recipient": {"id": VISITOR}}))).report
    assert isinstance(report, EchoSeen)
    assert report.automatic is automatic
