"""An address that a visitor has typed: whose it is, and when it is taken."""

from collections.abc import Callable
from functools import partial

from bot.core.model import Author, ConversationId, VisitorKey
from bot.desk import Desk
from tests.office import ANN, BEN, PAGE, Office
from tests.races import at_once

GUEST = VisitorKey("webchat", "https://shop.example", "v_1")
PEOPLE = [VisitorKey("messenger", PAGE, f"p{number}") for number in range(6)]


def test_the_address_of_an_agent_makes_nobody_an_agent(office: Office, desk: Desk) -> None:
    office.write("ada@shop.example")
    office.work()
    [claim] = office.rows("claims")
    [visitor] = office.rows("visitors")
    [conversation] = office.rows("conversations")
    assert (claim["assurance"], visitor["contact_assurance"]) == ("claimed", "claimed")
    assert conversation["assignee"] is None
    office.write("and this is what I say")
    assert {row["author"] for row in office.rows("messages")} == {Author.VISITOR, Author.BOT}


def test_one_address_on_two_channels_is_one_contact_with_two_histories(
    office: Office, desk: Desk
) -> None:
    office.write("ada@example.com", ANN)
    office.write("Ada@Example.com", GUEST)
    assert [row["email"] for row in office.rows("contacts")] == ["ada@example.com"]
    by_place = {row["channel"]: row for row in office.rows("visitors")}
    assert by_place["messenger"]["contact_id"] == by_place["webchat"]["contact_id"]
    for row in office.rows("conversations"):
        told = office.rows("messages", conversation_id=row["id"], author=Author.VISITOR)
        assert len(told) == 1
        seen = desk.conversation(ConversationId(row["id"]))
        assert seen.contact
        assert seen.contact.email == "ada@example.com"


def test_an_email_and_a_prompt_at_one_moment_come_in_one_order_or_the_other(
    office: Office,
) -> None:
    for place in PEOPLE:
        office.write(place=place)
    office.work()
    office.pass_time(60)
    office.write(place=BEN)

    def answer(places: list[VisitorKey]) -> None:
        for place in places:
            office.write(f"{place.external_id}@example.com", place, key=f"a_{place.external_id}")

    some, others = partial(answer, PEOPLE[:3]), partial(answer, PEOPLE[3:])
    acts: list[Callable[[], object]] = [some, others, office.worker().work]
    at_once(acts)
    office.work()
    asked = {to for to, message in office.channel.sent if message.asks_for_email}
    for place in PEOPLE:
        conversation = office.conversation(place)
        assert conversation.email == f"{place.external_id}@example.com"
        kinds = [row["kind"] for row in history(office, place)]
        assert kinds.count("capture_prompt") == (place in asked)
        if place in asked:
            assert kinds.index("capture_prompt") < 2, "asked though the address was known"


def history(office: Office, place: VisitorKey) -> list[dict[str, object]]:
    [visitor] = office.rows("visitors", external_id=place.external_id)
    [conversation] = office.rows("conversations", visitor_id=visitor["id"])
    return office.rows("messages", conversation_id=conversation["id"])
