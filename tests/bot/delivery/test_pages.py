"""Pages that can't be spoken through: what waits there, and when they are open again."""

from datetime import timedelta
from typing import NoReturn

import pytest

from bot.core.model import CaptureState, Place
from bot.ports import Profile, SendError, Trouble
from tests.office import PAGE, Office

DEAD_TOKEN = SendError("Facebook does not accept the token.", trouble=Trouble.CREDENTIALS)
NOBODY = SendError("Nobody.", trouble=Trouble.UNREACHABLE)
SLOWLY = SendError("Slow down.", trouble=Trouble.THROTTLED, retry_after=timedelta(minutes=19))
HOUR = 3600
PEOPLE = [Place("messenger", PAGE, f"p{number}") for number in range(10)]
ZOE = Place("messenger", "2002", "zoe")


def refuse_all(office: Office, error: Exception) -> None:
    def refuse(*_: object) -> NoReturn:
        raise error

    office.channel.answer = office.channel.look_up = refuse


def take_all(office: Office) -> None:
    office.channel.answer, office.channel.look_up = lambda *_: None, lambda _: Profile()


def prompts(office: Office) -> set[str]:
    return {row["state"] for row in office.rows("outbox", kind="capture_prompt")}


def test_a_prompt_parked_on_a_stopped_page_expires_with_its_window(office: Office) -> None:
    refuse_all(office, DEAD_TOKEN)
    office.write()
    office.work()
    office.pass_time(24 * HOUR)
    office.work()
    assert prompts(office) == {"expired"}
    assert office.conversation().capture.state is CaptureState.IDLE


def test_a_prompt_that_was_parked_in_mid_course_is_skipped_at_its_end(office: Office) -> None:
    office.write()
    office.work()
    office.pass_time(60)
    refuse_all(office, DEAD_TOKEN)
    office.work()
    assert office.conversation().capture.state is CaptureState.ASKED
    office.pass_time(24 * HOUR)
    office.work()
    assert prompts(office) == {"expired"}
    assert office.conversation().capture.state is CaptureState.SKIPPED


@pytest.mark.parametrize("answered", [True, False])
def test_what_waits_on_a_stopped_page_hides_no_other_page(
    office: Office, *, answered: bool
) -> None:
    refuse_all(office, DEAD_TOKEN)
    for person in PEOPLE:
        office.write(place=person)
        if answered:
            office.reply(place=person)
    office.work()
    office.pass_time(23 * HOUR)
    for person in PEOPLE:
        office.write("Hello?", person)
    office.pass_time(2 * HOUR)  # over by the first message, not by the second
    take_all(office)
    office.write(place=ZOE)
    office.pass_time(60)
    office.work()
    assert [to for to, _ in office.channel.sent if to == ZOE]


def test_what_waits_on_a_stopped_page_goes_out_while_the_window_is_open(office: Office) -> None:
    office.fingerprints["messenger", PAGE] = "old"
    refuse_all(office, DEAD_TOKEN)
    office.write()
    office.reply()
    office.work()
    office.pass_time(23 * HOUR)
    office.write("Hello?")
    office.pass_time(2 * HOUR)
    office.work()
    office.fingerprints["messenger", PAGE] = "new"
    take_all(office)
    office.work()
    assert [row["state"] for row in office.rows("outbox", kind="deliver")] == ["sent"]


def test_one_job_does_all_that_needs_no_sending(office: Office) -> None:
    for number in range(20):
        office.write(place=Place("webchat", "https://shop.example", f"cookie{number}"))
    office.pass_time(60)
    office.work()
    assert prompts(office) == {"sent"}
