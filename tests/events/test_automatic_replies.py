"""The page's own automatic replies: they answer nobody, and silence no prompt."""

import pytest

from tests.events.meta import AUTOMATIC, INBOX_APP, echo, wrote
from tests.events.stories import ANN, IN, OUT, Story, tell_in_every_order
from tests.events.world import Sight, World

_TITLE = "Automatic reply of the page"
HELLO = wrote(ANN, "m_1", "fern", 1)
NAMED = echo(ANN, "e_1", AUTOMATIC, 40, app_id=INBOX_APP)
AT_ONCE = echo(ANN, "e_2", "moss", 1.4, app_id=INBOX_APP)
QUICK = echo(ANN, "e_3", "moss", 9, app_id=INBOX_APP)
WAITING = Sight(
    ((IN, "fern", 0), (OUT, AUTOMATIC, 0)), "scheduled", is_asked_for_email=True, waits=True
)


async def test_a_named_text_answers_nobody_in_whatever_order_and_however_often(
    world: World,
) -> None:
    assert await tell_in_every_order(world, Story((HELLO, NAMED), WAITING)) == {}


@pytest.mark.parametrize("reply", [NAMED, AT_ONCE])
async def test_an_automatic_reply_is_shown_as_one_and_leaves_the_visitor_waiting(
    world: World, reply: dict[str, object]
) -> None:
    await world.deliver(HELLO)
    since = (await world.talk(ANN))["waiting_since"]
    await world.deliver(reply)
    assert (await world.talk(ANN))["waiting_since"] == since is not None
    assert (await world.look(ANN)).is_asked_for_email
    assert await world.unread(ANN) == 1
    assert _TITLE in await world.inbox(ANN)


async def test_a_persons_quick_answer_from_metas_inbox_counts(world: World) -> None:
    await world.deliver(HELLO)
    await world.deliver(QUICK)
    assert await world.look(ANN) == Sight(((IN, "fern", 0), (OUT, "moss", 0)))
    assert _TITLE not in await world.inbox(ANN)


async def test_a_person_who_follows_the_automatic_reply_answers(world: World) -> None:
    await world.deliver(HELLO, AT_ONCE)
    await world.deliver(QUICK)
    assert not (await world.look(ANN)).waits
    assert await world.unread(ANN) == 0
