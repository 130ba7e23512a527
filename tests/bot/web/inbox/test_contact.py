"""Who a visitor is: the pane beside a conversation, with and without scripts."""

import re
from dataclasses import dataclass, replace
from html import unescape

import pytest
from aiohttp import ClientResponse

from bot.core.events import EmailGiven
from bot.core.model import ConversationId, VisitorKey
from bot.desk.types import Actor, Person
from bot.storage.contacts.email_domains import EmailDomain, keep_domains
from config.rules import ConsentMode
from tests.bot.web.inbox.browsers import Browser
from tests.factories import ADA, BOB
from tests.office import Office

SITE = VisitorKey("webchat", "https://shop.example", "visitor")
JONAS = Actor("jonas@shop.example", "Jonas")


@dataclass
class Pane:
    """The pane beside a visitor's conversation, before an agent."""

    browser: Browser
    id: ConversationId

    @property
    def path(self) -> str:
        return f"/inbox/{self.id}"

    async def show(self, part: str = "/details") -> str:
        response = await self.browser.get(f"{self.path}{part}", **self.headers)
        assert response.status == 200
        return await response.text()

    async def send(self, part: str = "/contact", **form: str) -> ClientResponse:
        self.browser.headers = self.headers
        response = await self.browser.post(f"{self.path}{part}", {"saw": "", **form})
        self.browser.headers = {}
        return response

    async def submit(self, part: str = "/contact", **form: str) -> ClientResponse:
        """Send it without any script."""
        self.browser.headers = {"Referer": f"https://chat.example.com{self.path}"}
        response = await self.browser.post(f"{self.path}{part}", {"saw": "", **form})
        self.browser.headers = {}
        return response

    @property
    def headers(self) -> dict[str, str]:
        return {"HX-Request": "true", "HX-Current-URL": f"https://chat.example.com{self.path}"}


@pytest.fixture
def pane(office: Office, maya: Browser) -> Pane:
    office.write("Hello", SITE)
    return Pane(maya, ConversationId(office.rows("conversations")[-1]["id"]))


def words(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


def contact_of(office: Office) -> dict[str, object] | None:
    [visitor] = office.rows("visitors")
    found = office.rows("contacts", id=visitor["contact_id"] or 0)
    return found[0] if found else None


async def test_an_unknown_visitor_is_said_to_be_one(pane: Pane) -> None:
    said = words(await pane.show())
    assert "Anonymous, not a contact yet" in said
    assert "Add contact" in said
    assert "Site shop.example" in said
    assert "Ask for email" in said


async def test_the_pane_stands_on_the_page_too(pane: Pane) -> None:
    page = await (await pane.browser.get(pane.path)).text()
    assert 'id="details"' in page
    assert "Add contact" in page


async def test_an_exact_email_finds_the_contact_and_nothing_less(
    office: Office, pane: Pane
) -> None:
    pane.browser.parts.desk.contacts.create(Person(ADA, "Ada", "Lovelace"), JONAS)
    found = await pane.show(f"/contact/match?email={ADA}")
    assert "Ada Lovelace No earlier conversations" in words(found)
    assert 'id="contact-save" hx-swap-oob="outerHTML">' in found
    for typed in ("ada", "ada@example", "Lovelace", "", "@"):
        nobody = await pane.show(f"/contact/match?email={typed}")
        assert words(nobody) == "Save"
        assert "disabled" in nobody
    missing = await pane.show("/contact/match?email=grace@example.com")
    assert "No contact has this email. Create a new one" in words(missing)
    assert "email=grace%40example.com" in missing


async def test_a_likely_typo_is_shown_while_an_agent_types(pane: Pane) -> None:
    for side in ("existing", "create"):
        found = await pane.show(f"/contact/match?add={side}&email=ada@gmial.com")
        assert "Did you mean ada@gmail.com" in words(found)
        link = re.search(r'id="meant"[^>]*hx-get="([^"]+)"', found)
        assert link
        mended = await pane.show(unescape(link[1]).removeprefix(pane.path))
        assert re.search(r'id="contact-email"[^>]*value="ada@gmail.com"', mended)
        assert re.search(rf'id="tab-{side}"[^>]*aria-selected="true"', mended)
        assert "Did you mean" not in words(
            await pane.show(f"/contact/match?add={side}&email={ADA}")
        )


async def test_an_offered_address_that_looks_mistyped_is_said_to(
    office: Office, pane: Pane
) -> None:
    office.write("Did you get my order from ada@gmial.com?", SITE)
    said = words(await pane.show())
    assert "ada@gmial.com Email given by the visitor, not verified" in said
    assert "Did you mean ada@gmail.com?" in said


async def test_what_is_known_of_an_address_is_shown_beside_it(office: Office, pane: Pane) -> None:
    form = {"email": "ada@gmial.com", "first_name": "Ada", "last_name": ""}
    said = words(await (await pane.send(add="create", **form)).text())
    assert "Email ada@gmial.com Did you mean ada@gmail.com?" in said
    facts = [EmailDomain("gmial.com", takes_mail=False, throw_away=True)]
    with office.database.write() as connection:
        keep_domains(connection, facts, office.now)
    contact = contact_of(office)
    assert contact
    page = await (await pane.browser.get(f"/inbox/contacts/{contact['id']}")).text()
    for shown in (words(await pane.show()), words(page)):
        assert "Did you mean ada@gmail.com?" in shown
        assert "Mail can't arrive there: gmial.com takes none." in shown
        assert "A throw-away address: mailboxes at gmial.com are soon gone." in shown


async def test_saving_links_the_visitor_and_shows_it(office: Office, pane: Pane) -> None:
    pane.browser.parts.desk.contacts.create(Person(ADA, "Ada", "Lovelace"), JONAS)
    answer = await pane.send(add="existing", email="ADA@example.com")
    assert answer.status == 200
    assert "inbox:list" in answer.headers["HX-Trigger"]
    said = words(await answer.text())
    assert "Ada Lovelace Contact since 5 January" in said
    assert f"Email {ADA}" in said
    assert contact_of(office)


async def test_an_email_that_nobody_has_is_said_to_be_so(office: Office, pane: Pane) -> None:
    answer = await pane.send(add="existing", email="grace@example.com")
    assert answer.status == 422
    said = await answer.text()
    assert "No contact has this email" in words(said)
    assert 'value="grace@example.com"' in said
    assert contact_of(office) is None


async def test_the_link_carries_what_was_typed_to_the_other_side(pane: Pane) -> None:
    other = await pane.show("/contact?add=create&email=grace@example.com&focus=first_name")
    assert 'value="grace@example.com"' in other
    assert re.search(r'id="contact-first"[^>]*autofocus', other)
    assert re.search(r'id="tab-create"[^>]*aria-selected="true"', other)


async def test_a_new_contact_is_created_and_linked(office: Office, pane: Pane) -> None:
    form = {"email": "grace@example.com", "first_name": "Grace", "last_name": "Hopper"}
    answer = await pane.send(add="create", **form)
    assert answer.status == 200
    assert "Grace Hopper" in words(await answer.text())
    assert "Added by Maya" in words(await pane.show())
    contact = contact_of(office)
    assert contact
    assert (contact["first_name"], contact["source"]) == ("Grace", "agent")


@pytest.mark.parametrize("email", ["", "grace", "grace@", "a b@example.com", "grace@localhost"])
async def test_a_bad_email_keeps_the_text_and_is_told_under_the_field(
    office: Office, pane: Pane, email: str
) -> None:
    form = {"add": "create", "email": email, "first_name": "Grace"}
    answer = await pane.send(**form)
    assert answer.status == 422
    said = await answer.text()
    assert re.search(r'id="contact-refusal" role="alert">Not a complete email address\.<', said)
    assert 'aria-invalid="true"' in said
    assert 'value="Grace"' in said
    assert office.count("contacts") == 0


@pytest.mark.parametrize("field", ["first_name", "last_name"])
async def test_a_name_of_ten_thousand_letters_is_told_under_the_field(
    office: Office, pane: Pane, field: str
) -> None:
    form = {"add": "create", "email": ADA, field: "a" * 10_000}
    answer = await pane.send(**form)
    assert answer.status == 422
    assert "At most 200 characters." in words(await answer.text())
    assert office.count("contacts") == 0


async def test_markup_in_a_name_is_only_text(office: Office, pane: Pane) -> None:
    name = "<img src=x onerror=alert(1)>"
    await pane.send(add="create", email=ADA, first_name=name, last_name='"><script>')
    for part in ("/details", "/thread", ""):
        page = await (await pane.browser.get(f"{pane.path}{part}", **pane.headers)).text()
        assert "<img src=x" not in page
        assert "<script>" not in page
    assert name in words(await pane.show())


async def test_what_a_contact_knows_is_never_overwritten(office: Office, pane: Pane) -> None:
    pane.browser.parts.desk.contacts.create(Person(ADA, "Ada", "Lovelace"), JONAS)
    before = office.rows("contacts")
    form = {"email": ADA, "first_name": "Eve", "last_name": "Elsewhere"}
    answer = await pane.send(add="create", **form)
    assert answer.status == 409
    said = words(await answer.text())
    assert "A contact with this email is there already" in said
    assert "Ada Lovelace" in said
    assert contact_of(office) is None
    await pane.send(add="existing", **form)
    assert office.rows("contacts") == before


async def test_who_was_linked_meanwhile_is_told_and_shown(office: Office, pane: Pane) -> None:
    for email, name in ((ADA, "Ada"), (BOB, "Bob")):
        pane.browser.parts.desk.contacts.create(Person(email, name), JONAS)
    pane.browser.parts.desk.associate(pane.id, ADA, JONAS)
    answer = await pane.send(add="existing", email=BOB)
    assert answer.status == 409
    said = words(await answer.text())
    assert "Somebody else has said meanwhile who this visitor is. Nothing was changed." in said
    assert "Added by jonas@shop.example" in said
    contact = contact_of(office)
    assert contact
    assert contact["email"] == ADA


async def test_an_email_that_the_visitor_gave_is_said_to_be_unproved(
    office: Office, pane: Pane
) -> None:
    office.receive(EmailGiven(ADA, office.now), place=SITE)
    said = words(await pane.show())
    assert "Email given by the visitor, not verified · 5 January, 12:00" in said


async def test_an_address_seen_in_passing_stands_ready(office: Office, pane: Pane) -> None:
    office.write(f"or write to {ADA}, that is easier", SITE)
    assert f"{ADA} Email given by the visitor, not verified" in words(await pane.show())
    opened = await pane.show("/contact?add=existing")
    assert f'value="{ADA}"' in opened
    assert "No contact has this email" in words(opened)
    cleared = await pane.show("/contact?add=create&email=")
    assert ADA not in cleared


async def test_unlinking_leaves_the_contact_and_an_unknown_visitor(
    office: Office, pane: Pane
) -> None:
    await pane.send(add="create", email=ADA)
    contact = contact_of(office)
    assert contact
    stale = await pane.send("/contact/unlink", saw="")
    assert stale.status == 409
    answer = await pane.send("/contact/unlink", saw=str(contact["id"]))
    assert answer.status == 200
    assert re.search(r'id="add-contact"[^>]*autofocus', await answer.text())
    assert contact_of(office) is None
    assert office.count("contacts") == 1


async def test_all_of_it_works_without_scripts(office: Office, pane: Pane) -> None:
    page = await (await pane.browser.get(f"{pane.path}?add=existing&email={ADA}")).text()
    assert "No contact has this email" in words(page)
    assert 'id="contact-save">' in page  # it can be pressed: nothing would enable it
    missing = await pane.submit(add="existing", email=ADA)
    assert missing.status == 422
    page = await missing.text()
    assert page.startswith("<!doctype html>")
    assert f"{pane.path}?add=create&amp;email=ada%40example.com" in page
    page = await (await pane.browser.get(f"{pane.path}?add=create&email={ADA}")).text()
    assert 'id="contact-first"' in page
    created = await pane.submit(add="create", email=ADA, first_name="Ada")
    assert (created.status, created.headers["Location"]) == (303, pane.path)
    contact = contact_of(office)
    assert contact
    gone = await pane.submit("/contact/unlink", saw=str(contact["id"]))
    assert (gone.status, gone.headers["Location"]) == (303, pane.path)


async def test_other_conversations_of_the_contact_are_listed(office: Office, pane: Pane) -> None:
    office.write(
        "What about the footprint?", VisitorKey("webchat", "https://shop.example", "other")
    )
    other = ConversationId(office.rows("conversations")[-1]["id"])
    desk = pane.browser.parts.desk
    for each in (pane.id, other):
        desk.associate_person(each, Person(ADA, "Ada"), JONAS)
    shown = await pane.show()
    assert "Other conversations What about the footprint?" in words(shown)
    assert f'href="/inbox/{other}"' in shown


async def test_no_such_conversation_is_not_found(pane: Pane) -> None:
    nobody = Pane(pane.browser, ConversationId(pane.id + 1))
    for part in ("/details", "/contact", "/contact/match?email=a"):
        response = await nobody.browser.get(f"{nobody.path}{part}", **nobody.headers)
        assert response.status == 404
    for part in ("/contact", "/contact/unlink"):
        assert (await nobody.send(part, add="existing", email=ADA)).status == 404


async def test_a_consent_is_shown_word_for_word_and_its_withdrawal_noted_once(
    office: Office, pane: Pane
) -> None:
    office.rules = replace(office.rules, consent=ConsentMode.REQUIRED)
    office.receive(EmailGiven(ADA, office.now, consent=True), place=SITE)
    shown = words(await pane.show())
    assert "I agree that you keep my address to know who has written to you." in shown
    assert "Given on 5 January, 12:00 · Web chat · English" in shown
    for _ in range(2):
        assert (await pane.send("/consent/withdraw")).status == 200
    assert "Withdrawn on 5 January, 12:00, noted by Maya" in words(await pane.show())
    assert "Note a withdrawal" not in await pane.show()
    contact = office.rows("contacts")[0]["id"]
    page = words(await (await pane.browser.get(f"/inbox/contacts/{contact}")).text())
    assert "I agree that you keep my address" in page
    assert "Maya noted that a visitor withdrew the consent" in page
    assert office.count("audit", action="consent.withdrawn") == 1
