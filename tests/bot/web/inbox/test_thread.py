"""An open conversation: how far up it is read, what may be written, and that it is gone."""

import re

import pytest

from bot.core.events import ThreadTaken, VisitorUnsent
from bot.core.model import ConversationId
from bot.desk.types import Actor, Person
from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import as_htmx, open_thread, read, read_refusal, words
from tests.office import Office

JO = Actor("jo@shop.example", "Jo")


async def test_the_page_goes_further_up(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    for number in range(2, 121):
        office.write(f"number {number}")

    def seqs(page: str) -> list[int]:
        return [int(seq) for seq in re.findall(r'data-seq="(\d+)"', page)]

    page = await read(maya, f"/inbox/{talk}")
    assert seqs(page) == list(range(71, 121))
    [link] = re.findall(r'href="(/inbox/\d+\?before=\d+)" data-from="21"', page)
    assert seqs(await read(maya, link)) == list(range(21, 71))
    assert seqs(await open_thread(maya, talk, "?from=21")) == list(range(21, 121))
    assert "Earlier messages" not in await open_thread(maya, talk, "?from=1")


async def test_a_page_of_the_past_is_read_again_as_it_is_and_leads_to_the_end(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    for number in range(2, 121):
        office.write(f"number {number}")
    page = await read(maya, f"/inbox/{talk}?before=71")
    assert 'data-to="70"' in page
    assert "Latest messages" in words(page)
    again = await open_thread(maya, talk, "?from=21&to=70")
    assert re.findall(r'data-seq="(\d+)"', again) == [str(seq) for seq in range(21, 71)]
    assert "Latest messages" not in words(await open_thread(maya, talk, "?from=21"))


async def test_chunks_that_the_page_has_are_not_written_again(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    for number in range(2, 190):
        office.write(f"number {number}", key=f"m_{number}")

    async def look(known: str) -> tuple[list[str], int, str]:
        page = await open_thread(maya, talk, f"?from=1&known={known}")
        [versions] = re.findall(r'data-known="([^"]+)"', page)
        return re.findall(r'data-same="(\d+)"', page), page.count("data-seq"), versions

    _, written, versions = await look("")
    assert written == 189
    assert await look(versions) == (["0", "1", "2", "3"], 0, versions)
    office.write("one more")
    same, written, later = await look(versions)
    assert (same, written < 60) == (["0", "1", "2"], True)
    office.receive(VisitorUnsent("m_60", office.now), key="m_60")
    assert (await look(later))[0] == ["0", "2", "3"]
    maya.parts.desk.associate_person(talk, Person("ada@example.com", "Ada"), JO)
    assert (await look(later))[0] == []


async def test_outside_the_window_only_notes_can_be_written(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    before = await open_thread(maya, talk)
    assert 'value="reply" checked' in before
    assert "Notes still work" not in before
    office.pass_time(86_400)
    page = await open_thread(maya, talk)
    reason = "The channel does not let us write so long after the visitor's last message."
    assert f"{reason} Notes still work." in words(page)
    assert 'value="reply" disabled' in page
    assert 'value="note" checked' in page


async def test_the_last_hour_of_the_window_is_told(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    office.pass_time(23 * 3600 + 600)
    assert "Messenger takes answers for 50 min more" in words(await open_thread(maya, talk))


async def test_who_has_given_the_conversation_away_cannot_answer(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    office.receive(ThreadTaken(office.now))
    page = await open_thread(maya, talk)
    assert "Another app has the conversation. Notes still work." in words(page)


async def test_opening_marks_as_read_and_looking_again_does_not(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    await open_thread(maya, talk)
    assert "1 unread" in words(await read(maya, "/inbox"))
    await read(maya, f"/inbox/{talk}", **as_htmx("/inbox"))
    assert "unread" not in words(await read(maya, "/inbox"))
    office.write("More")
    assert "1 unread" in words(await read(maya, "/inbox"))
    answers = [await maya.post(f"/inbox/{talk}/read", {"seq": "2"}) for _ in range(2)]
    assert [answer.status for answer in answers] == [205, 204]
    assert "unread" not in words(await read(maya, "/inbox"))
    assert (await maya.post(f"/inbox/{talk}/read", {"seq": "x"})).status == 422


@pytest.mark.parametrize("path", ["/inbox/999999", "/inbox/999999/thread", "/inbox/" + "9" * 30])
async def test_what_is_not_there_is_said_to_be_gone(maya: Browser, path: str) -> None:
    said = "This conversation is not here any more."
    answer = await maya.get(path, **as_htmx("/inbox/999999"))
    assert answer.status == 404
    assert said in words(await answer.text())
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#open", "innerHTML")
    page = await read_refusal(maya, path.removesuffix("/thread"), 404)
    assert said in words(page)
    assert 'id="list"' in page


async def test_htmx_gets_the_panes_alone(maya: Browser, talk: ConversationId) -> None:
    panes = await read(maya, f"/inbox/{talk}?v=mine", **as_htmx("/inbox?v=mine"))
    assert panes.lstrip().startswith("<section")
    assert 'id="details"' in panes
    assert 'id="list"' not in panes
    response = await maya.get(f"/inbox/{talk}")
    assert (response.headers["Vary"], response.headers["Cache-Control"]) == (
        "HX-Request",
        "no-store",
    )
