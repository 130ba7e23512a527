from dataclasses import replace

import pytest

from bot.core.decisions import (
    RefuseRequest,
    SchedulePrompt,
)
from bot.core.events import Event
from tests.factories import (
    ADA,
    DAY,
    RULES,
    came_due,
    closed,
    declined,
    failed,
    moment,
    replied,
    requested,
    tell,
    thread_taken,
    unsent,
    wrote,
)


def test_an_agent_may_ask_at_once() -> None:
    story = tell(wrote(at=0), requested(at=5))
    assert story.last == [
        SchedulePrompt(moment(5), "An agent wants the visitor asked.", by_hand=True)
    ]


def test_an_agent_may_ask_an_answered_visitor_although_asking_is_switched_off() -> None:
    off = replace(RULES, enabled=False)
    story = tell(wrote(), replied(at=5), requested(at=10), rules=off)
    assert story.capture.by_hand


def test_neither_a_reply_nor_an_unsending_nor_a_message_changes_what_an_agent_asked_for() -> None:
    story = tell(wrote(), requested(at=5))
    for event in (replied(at=6), unsent(at=6), wrote(at=6)):
        assert (story.then(event).last, story.then(event).due_in) == ([], 5)


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ([wrote(ADA)], "The visitor's email is known."),
        ([wrote(), declined()], "The visitor said no thanks."),
        ([wrote(), came_due(60)], "The visitor has been asked once."),
        ([wrote(), came_due(60), failed(at=61)], "The visitor has been asked once."),
        ([wrote(), closed()], "The conversation is closed."),
        ([wrote(), thread_taken()], "Another app has the conversation."),
        (
            [wrote(at=-DAY)],
            "The channel does not let us write so long after the visitor's last message.",
        ),
        ([], "The channel does not let us write so long after the visitor's last message."),
    ],
)
def test_an_agents_wish_to_ask_is_refused_with_a_reason(before: list[Event], reason: str) -> None:
    story = tell(*before, requested(at=65))
    assert story.last == [RefuseRequest(reason)]
    assert story.conversation == tell(*before).conversation
