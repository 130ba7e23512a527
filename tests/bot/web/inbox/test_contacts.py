"""The pages of contacts: list, one, change, merge, hand out, forget."""

import csv
import io
import re

import pytest

from bot.core.events import EmailGiven
from bot.core.model import ConversationId, VisitorKey
from bot.desk.types import Actor, ContactChanges, Person, Words
from bot.storage.contacts.contacts import ContactView
from tests.bot.traces import bury, traces
from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import follow_link
from tests.bot.web.inbox.test_contact import words
from tests.factories import ADA, BOB
from tests.office import BEN, Office

HOME = "/inbox/contacts"
SITE = VisitorKey("webchat", "https://shop.example", "somebody")
GRACE = Actor("grace@shop.example", "Grace")


@pytest.fixture
def ada(office: Office, maya: Browser) -> ContactView:
    """A visitor gave the email; an agent added the name."""
    office.write("Where is my tent?", SITE)
    office.receive(EmailGiven(ADA, office.now), place=SITE)
    match = maya.parts.desk.contacts.look_up(ADA)
    assert match
    names = ContactChanges(first_name="Ada", last_name="Lovelace")
    return maya.parts.desk.contacts.change(match.contact.id, names, GRACE)


async def show(browser: Browser, path: str = "", status: int = 200) -> str:
    response = await browser.get(f"{HOME}{path}")
    assert response.status == status
    return await response.text()


def form(contact: ContactView, **changes: str) -> dict[str, str]:
    """Fill the form in as the page does."""
    shown = {
        "email": contact.email,
        "first_name": contact.first_name or "",
        "last_name": contact.last_name or "",
    }
    was = {f"was_{field}": value for field, value in shown.items()}
    return {**shown, **was, "saw": contact.updated_at.isoformat(), **changes}


async def test_contacts_are_listed_searched_and_paged(office: Office, maya: Browser) -> None:
    assert "No contacts yet." in await show(maya)
    for number in range(51):
        maya.parts.desk.contacts.create(Person(f"p{number:02}@example.com", "P"), GRACE)
    page = await show(maya)
    assert "p50@example.com" in page
    assert "p00@example.com" not in page
    further = re.search(r'href="(/inbox/contacts\?[^"]*cursor=[^"]+)"', page)
    assert further
    second = await (await maya.get(further[1].replace("&amp;", "&"))).text()
    assert "p00@example.com" in second
    assert "More contacts" not in second
    found = await show(maya, "?q=P07@")
    assert "p07@example.com" in found
    assert "p08@example.com" not in found


@pytest.mark.parametrize("text", ["%25", "_%00", "nobody'%20OR%201=1--", "x" * 5_000])
async def test_a_search_is_taken_as_it_is_written(
    maya: Browser, ada: ContactView, text: str
) -> None:
    response = await maya.get(f"{HOME}?q={text}")
    assert response.status in {200, 422}
    assert ADA not in await response.text()


async def test_a_foreign_cursor_is_refused(maya: Browser) -> None:
    assert "None of ours." in words(await show(maya, "?cursor=nonsense", 422))


async def test_a_contact_shows_what_is_known_and_where_from(
    maya: Browser, ada: ContactView
) -> None:
    said = words(await show(maya, f"/{ada.id}"))
    assert "Ada Lovelace Contact since 5 January, made by the visitor's own email" in said
    assert f"{ADA} Not verified Given by the visitor" in said
    assert "A visitor gave this email for the first time" in said
    assert "grace@shop.example changed first name from nothing to “Ada”" in said
    assert "Conversations" in said
    assert "Where is my tent?" in said
    assert "Erase this person" not in said


async def test_what_a_link_in_a_mail_proved_is_told_apart(
    office: Office, maya: Browser, ada: ContactView
) -> None:
    follow_link(office, ConversationId(office.rows("conversations")[-1]["id"]))
    said = words(await show(maya, f"/{ada.id}"))
    assert f"{ADA} Verified Given by the visitor" in said
    assert "A visitor proved this email" in said


async def test_a_change_is_kept_with_what_was_there_before(
    office: Office, maya: Browser, ada: ContactView
) -> None:
    office.pass_time(1)
    response = await maya.post(f"{HOME}/{ada.id}", form(ada, last_name="King"))
    assert (response.status, response.headers["Location"]) == (303, f"{HOME}/{ada.id}")
    said = words(await show(maya, f"/{ada.id}"))
    assert "Maya changed last name from “Lovelace” to “King”" in said
    assert office.rows("audit")[-1]["detail"] == {"last_name": ["Lovelace", "King"]}


async def test_what_the_agent_left_alone_is_not_written_over(
    office: Office, maya: Browser, ada: ContactView
) -> None:
    unseen = form(ada, last_name="King", saw="")
    maya.parts.desk.contacts.change(ada.id, {"first_name": "Augusta"}, GRACE)
    await maya.post(f"{HOME}/{ada.id}", unseen)
    now = maya.parts.desk.contacts.find(ada.id)
    assert (now.first_name, now.last_name) == ("Augusta", "King")


async def test_of_two_who_change_the_second_is_told(
    office: Office, maya: Browser, ada: ContactView
) -> None:
    office.pass_time(1)
    maya.parts.desk.contacts.change(ada.id, {"first_name": "Augusta"}, GRACE)
    response = await maya.post(f"{HOME}/{ada.id}", form(ada, last_name="King"))
    assert response.status == 409
    page = await response.text()
    assert "Somebody has changed this contact meanwhile." in page
    assert 'value="King"' in page
    assert maya.parts.desk.contacts.find(ada.id).last_name == "Lovelace"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "ada@", "Not a complete email address."),
        ("email", "", "Not a complete email address."),
        ("first_name", "a" * 10_000, "At most 200 characters."),
        ("last_name", "nul\0", "It holds a character that can't be stored."),
    ],
)
async def test_what_can_not_be_kept_is_told_under_its_field(
    maya: Browser, ada: ContactView, field: str, value: str, said: str
) -> None:
    response = await maya.post(f"{HOME}/{ada.id}", form(ada, **{field: value}))
    assert response.status == 422
    assert said in words(await response.text())
    assert maya.parts.desk.contacts.find(ada.id) == ada


async def test_markup_in_a_name_is_only_text(maya: Browser, ada: ContactView) -> None:
    name = '"><script>alert(1)</script>'
    await maya.post(f"{HOME}/{ada.id}", form(ada, first_name=name))
    for path in ("", f"/{ada.id}"):
        page = await show(maya, path)
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


async def test_an_email_of_somebody_else_is_refused_and_named(
    maya: Browser, ada: ContactView
) -> None:
    bob = maya.parts.desk.contacts.create(Person(BOB), GRACE)
    response = await maya.post(f"{HOME}/{ada.id}", form(ada, email=BOB))
    assert response.status == 409
    page = await response.text()
    assert "Another contact has this email." in page
    assert f'href="{HOME}/{bob.id}">Show it' in page


async def test_two_contacts_are_compared_merged_and_parted(
    office: Office, maya: Browser, ada: ContactView
) -> None:
    bob = maya.parts.desk.contacts.create(Person(BOB, "Bob"), GRACE)
    compared = words(await show(maya, f"/{ada.id}/merge?email=BOB@example.org"))
    assert "Which one stays?" in compared
    assert "Ada Lovelace" in compared
    assert BOB in compared
    sent = {"other": str(bob.id), "kept": str(bob.id)}
    merged = await maya.post(f"{HOME}/{ada.id}/merge", sent)
    assert merged.headers["Location"] == f"{HOME}/{bob.id}"
    old = await maya.get(f"{HOME}/{ada.id}")
    assert (old.status, old.headers["Location"]) == (303, f"{HOME}/{bob.id}")
    page = await show(maya, f"/{bob.id}")
    assert "Where is my tent?" in page
    assert words(page).count("Maya merged two contacts") == 1
    merge = re.search(r'name="merge" value="(\d+)"', page)
    assert merge
    again = await maya.post(f"{HOME}/{ada.id}/merge", sent)
    assert again.status == 409
    parted = await maya.post(f"{HOME}/{bob.id}/part", {"merge": merge[1]})
    assert parted.headers["Location"] == f"{HOME}/{ada.id}"
    assert (await maya.post(f"{HOME}/{bob.id}/part", {"merge": merge[1]})).status == 404
    assert maya.parts.desk.contacts.find(ada.id) == ada


async def test_nobody_and_the_contact_itself_are_not_merged(
    maya: Browser, ada: ContactView
) -> None:
    nobody = words(await show(maya, f"/{ada.id}/merge?email=no@example.com", 422))
    assert "No contact has this email." in nobody
    itself = words(await show(maya, f"/{ada.id}/merge?email={ADA}", 422))
    assert "This is the contact itself." in itself
    strange = {"other": str(ada.id), "kept": "999"}
    assert (await maya.post(f"{HOME}/{ada.id}/merge", strange)).status == 422


async def test_contacts_are_handed_out_as_harmless_csv(
    office: Office, maya: Browser, ada: ContactView
) -> None:
    maya.parts.desk.contacts.create(Person(BOB, '=HYPERLINK("evil")'), GRACE)
    response = await maya.get(f"{HOME}/export.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(await response.text(), newline="")))
    assert [row["email"] for row in rows] == [ADA, BOB]
    assert rows[1]["first_name"] == '\'=HYPERLINK("evil")'
    taken = office.rows("audit")[-1]
    assert (taken["action"], taken["actor"]) == ("contacts.exported", "maya@shop.example")


async def test_there_is_no_export_of_somebody_by_id(maya: Browser, ada: ContactView) -> None:
    for path in (f"/{ada.id}/export.csv", f"/{ada.id + 1}", "/export.csv/1", "/0", f"/{2**70}"):
        assert (await maya.get(f"{HOME}{path}")).status == 404
    assert (await maya.post(f"{HOME}/{ada.id + 1}", form(ada))).status == 404


async def test_nobody_gets_an_export_without_signing_in(stranger: Browser) -> None:
    response = await stranger.get(f"{HOME}/export.csv")
    assert response.status in {303, 401}
    assert "@" not in await response.text()


async def test_only_an_admin_erases(office: Office, maya: Browser, ada: ContactView) -> None:
    response = await maya.post(f"{HOME}/{ada.id}/erase", {"email": ADA})
    assert response.status == 403
    assert office.count("contacts") == 1


async def test_erasing_wants_the_email_typed(
    office: Office, jonas: Browser, maya: Browser, ada: ContactView
) -> None:
    assert "Erase this person" in await show(jonas, f"/{ada.id}")
    for typed in ("", BOB, "yes"):
        response = await jonas.post(f"{HOME}/{ada.id}/erase", {"email": typed})
        assert response.status == 422
        assert "This is not the email of the contact." in await response.text()
    assert office.count("contacts") == 1


async def test_an_erased_person_is_gone_from_everywhere(
    office: Office, jonas: Browser, maya: Browser, ada: ContactView
) -> None:
    office.write("a live chat of somebody else", BEN)
    [talk] = [row for row in office.rows("conversations") if row["channel"] == "webchat"]
    jonas.parts.desk.reply(ConversationId(talk["id"]), Words("To Ada Lovelace", "c1"), GRACE)
    bury(office, b'{"text": "write to ADA@example.com"}')
    response = await jonas.post(f"{HOME}/{ada.id}/erase", {"email": "ADA@example.com"})
    assert response.status == 200
    said = words(await response.text())
    assert "Erased: 1 contact, 1 visitor, 1 conversation" in said
    assert "1 dead letter." in said
    assert not traces(office, "ada@", "ADA@", "Lovelace", "Where is my tent", "'somebody'")
    last = office.rows("audit")[-1]
    assert (last["actor"], last["action"]) == ("jonas@shop.example", "person.erased")
    assert (await jonas.get(f"{HOME}/{ada.id}")).status == 404
    assert "a live chat" in str(office.rows("messages"))
