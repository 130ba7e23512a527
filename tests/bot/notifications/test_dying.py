"""A worker may die anywhere: nobody is left untold, nor told twice unless nothing else is known."""

import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from tests.bot.notifications.bureau import Bureau
from tests.targets import running_target


@pytest.mark.parametrize(
    ("place", "times", "is_unsure"),
    [
        ("team.after_claim", 1, False),
        ("team.before_webhook", 1, True),
        ("team.after_webhook", 2, True),
        ("team.before_settle", 2, True),
        ("team.after_settle", 1, False),
    ],
)
def test_a_worker_dies_with_an_event_in_its_hand(
    bureau: Bureau,
    caplog: pytest.LogCaptureFixture,
    place: str,
    times: int,
    is_unsure: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    bureau.rules = replace(bureau.rules, urls=())  # that nothing else is under way
    with running_target() as target:
        bureau.add_program(target.url, "conversation.created")
        bureau.office.write()
        assert _die(bureau, place) == -signal.SIGKILL
        bureau.pass_time(80)
        assert len(target.received) == (times if not is_unsure else times - 1)
        bureau.pass_time(120)
    told = Counter(one.headers["webhook-id"] for one in target.received)
    assert list(told.values()) == [times]
    assert ("may be done twice" in caplog.text) is is_unsure
    [row] = bureau.errands("webhook")
    assert row["state"] == "sent"


def _die(bureau: Bureau, place: str) -> int:
    url = bureau.office.database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.bot.notifications.dying", url, place]
    return subprocess.run(command, check=False, timeout=60).returncode
