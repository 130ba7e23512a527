"""Apprise itself, in its own process, against targets on the wire."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.notifications.apprise import AppriseSender
from bot.notifications.safe_text import defuse
from bot.notifications.texts import Notice
from bot.ports.errors import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError
from tests.targets import Target, Wire, running_target, unused_port

NOTICE = Notice(
    "A visitor waits", "Unknown visitor 4F2K waits.", "https://chat.example.com/inbox/7"
)
HOSTILE = "<!channel> <@U123> <https://evil.example|Reset> @everyone [a](https://evil.example)"


@pytest.fixture(scope="module")
def speaker() -> Iterator[AppriseSender]:
    """One for all tests: Apprise takes a second to load."""
    speaking = AppriseSender()
    yield speaking
    speaking.close()


@pytest.fixture
def target() -> Iterator[Target]:
    with running_target() as serving:
        yield serving


def test_a_notice_arrives(speaker: AppriseSender, target: Target) -> None:
    speaker.say(f"json://127.0.0.1:{target.port}/team", NOTICE)
    [received] = target.received
    told = json.loads(received.body)
    assert received.path == "/team"
    assert told["title"] == NOTICE.title
    assert told["message"] == NOTICE.text


@pytest.mark.parametrize("scheme", ["json", "xml", "form", "mmost", "rocket", "gotify", "ntfy"])
def test_what_a_visitor_wrote_pings_nobody(
    speaker: AppriseSender, target: Target, scheme: str
) -> None:
    notice = Notice("A visitor waits", f"“{defuse(HOSTILE, 200)}”", None)
    target.behaviour = lambda wire: wire.answer(200, b'{"success": true, "status": "success"}')
    where = "abcdefghijklmnopqrstuvwx" if scheme in {"mmost", "gotify"} else "team"
    url = f"{scheme}://127.0.0.1:{target.port}/{where}"
    if scheme == "rocket":
        url = f"rocket://hook1234567890123/token1234567890@127.0.0.1:{target.port}/#team"
    speaker.say(url, notice)
    sent = target.received[-1].body.decode()
    assert "channel" in sent
    for trigger in ("<!channel", "<@U123", "@everyone", "evil.example", "](http"):
        assert trigger not in sent


def test_a_redirect_is_not_followed(speaker: AppriseSender, target: Target) -> None:
    with running_target() as inside:
        target.behaviour = lambda wire: wire.answer(301, Location=inside.url)
        with pytest.raises(SendError):
            speaker.say(f"json://127.0.0.1:{target.port}", NOTICE)
    assert not inside.received


def test_a_target_that_is_gone_says_so(speaker: AppriseSender, target: Target) -> None:
    target.behaviour = lambda wire: wire.answer(410)
    with pytest.raises(SendError) as gone:
        speaker.say(f"json://127.0.0.1:{target.port}", NOTICE)
    assert gone.value.trouble is Trouble.GONE


def test_nobody_there_is_tried_again(speaker: AppriseSender) -> None:
    with pytest.raises(SendError) as refused:
        speaker.say(f"json://127.0.0.1:{unused_port()}", NOTICE)
    assert refused.value.trouble is Trouble.UNREACHABLE


def test_a_url_that_apprise_does_not_know_is_refused(speaker: AppriseSender) -> None:
    assert not speaker.knows("slack://")
    with pytest.raises(UndeliverableError) as refused:
        speaker.say("slack://", NOTICE)
    assert refused.value.cause is Cause.REJECTED


@pytest.mark.parametrize("behaviour", [Wire.hang, Wire.drip])
def test_a_target_that_never_ends_is_left(target: Target, behaviour: object) -> None:
    assert callable(behaviour)
    target.behaviour = behaviour
    hasty = AppriseSender(patience=timedelta(seconds=3))
    try:
        with pytest.raises(OutcomeUnknownError):
            hasty.say(f"json://127.0.0.1:{target.port}", NOTICE)
        target.behaviour = lambda wire: wire.answer(200)
        hasty.say(f"json://127.0.0.1:{target.port}", NOTICE)  # by a new process
    finally:
        hasty.close()


def test_an_endless_body_does_not_fill_our_memory(speaker: AppriseSender, target: Target) -> None:
    target.behaviour = Wire.pour
    with pytest.raises((SendError, OutcomeUnknownError)):
        speaker.say(f"json://127.0.0.1:{target.port}", NOTICE)
    assert target.poured < 640 << 20
    target.behaviour = lambda wire: wire.answer(200)
    speaker.say(f"json://127.0.0.1:{target.port}", NOTICE)
