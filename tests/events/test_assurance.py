"""How sure it is that the owner of a visitor's address wrote a message."""

from tests.events.mail import MailWorld
from tests.events.meta import wrote
from tests.events.stories import ANN
from tests.events.tabs import Tab

ADA = "ada@example.com"


async def assurances(world: MailWorld, person: str) -> list[str | None]:
    found = await world.ask(f"/conversations/{world.find(person)}/messages", after_seq="0")
    incoming = [each for each in found["messages"] if each["direction"] == "incoming"]
    assert all("assurance" not in each for each in found["messages"] if each not in incoming)
    return [each["assurance"] for each in incoming]


async def test_a_message_is_as_sure_as_the_address_was(mailing: MailWorld) -> None:
    tab = await Tab(mailing).load()
    await tab.write("Hello")
    await tab.give(ADA)
    await tab.write("It's me")
    [person] = mailing.everybody()
    assert await assurances(mailing, person) == [None, "claimed"]


async def test_an_address_that_the_team_added_says_nothing_of_the_writer(
    mailing: MailWorld,
) -> None:
    await mailing.deliver(wrote(ANN, "m_1", "Hello"))
    path = f"/conversations/{mailing.find(ANN)}/contact"
    await mailing.call("POST", path, email=ADA, first_name="Ada")
    await mailing.deliver(wrote(ANN, "m_2", "It's me"))
    assert await assurances(mailing, ANN) == [None, None]
