"""Contacts over the wire, and who a visitor is said to be."""

from dataclasses import replace

import pytest

from bot.core.model import ConversationId
from config.rules import ConsentMode
from tests.bot.web.api.calls import Api
from tests.factories import ADA, BOB
from tests.office import BEN, Office

LOVELACE = {"email": "Ada@Example.com", "first_name": "Ada", "last_name": "Lovelace"}


async def test_a_contact_is_created_and_found(api: Api, office: Office) -> None:
    created = await api.post("/contacts", LOVELACE)
    assert created.status == 201
    assert created.body == {
        "id": office.rows("contacts")[0]["id"],
        "email": ADA,
        "first_name": "Ada",
        "last_name": "Lovelace",
        "source": "api",
        "created_at": "2026-01-05T12:00:00Z",
    }
    assert (await api.get(f"/contacts/{created.body['id']}")).body == created.body
    for query in ("email=ADA@example.com", "q=lovelace", "q=ada@", ""):
        listed = {"contacts": [created.body], "next_cursor": None}
        assert (await api.get("/contacts?" + query)).body == listed
    for query in ("email=ada@", "email=bob@example.org", "q=bob"):
        assert (await api.get("/contacts?" + query)).body["contacts"] == []


async def test_contacts_are_paged(api: Api) -> None:
    for number in range(3):
        await api.post("/contacts", {"email": f"ada{number}@example.com"})
    first = (await api.get("/contacts?limit=2")).body
    second = (await api.get(f"/contacts?limit=2&cursor={first['next_cursor']}")).body
    emails = [one["email"] for one in first["contacts"] + second["contacts"]]
    assert emails == ["ada2@example.com", "ada1@example.com", "ada0@example.com"]
    assert second["next_cursor"] is None


async def test_an_email_is_one_contact(api: Api) -> None:
    created = await api.post("/contacts", LOVELACE)
    again = await api.post("/contacts", {"email": ADA})
    assert (again.status, again.code, again.body["contact"]) == (409, "email_taken", created.body)
    other = await api.post("/contacts", {"email": BOB})
    moved = await api.patch(f"/contacts/{other.body['id']}", {"email": ADA})
    assert (moved.status, moved.body["contact"]) == (409, created.body)


async def test_a_contact_is_changed_field_by_field(api: Api) -> None:
    created = (await api.post("/contacts", LOVELACE)).body
    path = f"/contacts/{created['id']}"
    assert (await api.patch(path, {})).body == created
    changed = await api.patch(path, {"first_name": "Augusta"})
    assert changed.body == {**created, "first_name": "Augusta"}
    changed = await api.patch(path, {"last_name": None, "email": BOB})
    assert changed.body == {**created, "first_name": "Augusta", "last_name": None, "email": BOB}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"email": "ada"}, "invalid_email"),
        ({"email": "ada@localhost"}, "invalid_email"),
        ({"email": ""}, "invalid_email"),
        ({"email": "a" * 321}, "invalid"),
        ({"email": None}, "invalid"),
        ({"email": ADA, "first_name": "a" * 10_000}, "invalid"),
        ({"email": ADA, "last_name": "a\0b"}, "invalid"),
        ({"email": ADA, "last_name": ["Lovelace"]}, "invalid"),
        ({"email": ADA, "id": 7}, "invalid"),
        ({"first_name": "Ada"}, "invalid"),
    ],
)
async def test_a_contact_that_makes_no_sense_is_refused(
    api: Api,
    office: Office,
    conversation_id: ConversationId,
    fields: dict[str, object],
    code: str,
) -> None:
    for path in ("/contacts", f"/conversations/{conversation_id}/contact"):
        reply = await api.post(path, fields)
        assert (reply.status, reply.code) == (422, code)
    assert office.count("contacts") == 0


async def test_markup_in_a_name_comes_back_as_text(api: Api) -> None:
    name = "</script><script>alert(1)</script>"
    reply = await api.post("/contacts", {"email": ADA, "first_name": name})
    assert reply.body["first_name"] == name
    assert reply.headers["Content-Type"].startswith("application/json")


async def test_an_email_alone_associates_a_known_contact_only(
    api: Api, conversation_id: ConversationId
) -> None:
    path = f"/conversations/{conversation_id}/contact"
    nobody = await api.post(path, {"email": ADA})
    assert (nobody.status, nobody.code) == (404, "no_such_contact")
    contact = (await api.post("/contacts", LOVELACE)).body
    reply = await api.post(path, {"email": ADA})
    assert (reply.status, reply.body["contact"]) == (200, contact)
    assert reply.body["visitor"]["unknown"] is False
    assert reply.body["capture"]["state"] == "skipped"


@pytest.mark.parametrize(
    "names", [{"first_name": "Ada", "last_name": "Lovelace"}, {"last_name": None}]
)
async def test_with_a_name_the_contact_is_created(
    api: Api, conversation_id: ConversationId, names: dict[str, str | None]
) -> None:
    reply = await api.post(f"/conversations/{conversation_id}/contact", {"email": ADA, **names})
    contact = reply.body["contact"]
    assert (reply.status, contact["email"], contact["source"]) == (200, ADA, "api")
    assert contact["last_name"] == names["last_name"]


async def test_an_association_is_taken_back(api: Api, conversation_id: ConversationId) -> None:
    path = f"/conversations/{conversation_id}/contact"
    await api.post(path, LOVELACE)
    for _ in range(2):
        reply = await api.call("DELETE", path)
        assert (reply.status, reply.body["contact"]) == (200, None)
    assert len((await api.get("/contacts")).body["contacts"]) == 1


async def test_consents_of_a_contact_are_listed_word_for_word(api: Api, office: Office) -> None:
    office.rules = replace(office.rules, consent=ConsentMode.REQUIRED)
    for text in (ADA, "yes"):
        office.write(text)
    contact = office.rows("contacts")[0]["id"]
    assert (await api.get(f"/contacts/{contact}/consents")).body == {
        "consents": [
            {
                "text": f"Automatic message: May we keep {ADA} to know who has written to us?",
                "language": "en",
                "channel": "messenger",
                "given_at": "2026-01-05T12:00:00Z",
                "withdrawn_at": None,
                "conversation": office.rows("conversations")[0]["id"],
            }
        ]
    }
    assert (await api.get("/contacts/99/consents")).status == 404


async def test_a_person_is_exported_as_one(api: Api, office: Office) -> None:
    office.rules = replace(office.rules, consent=ConsentMode.REQUIRED)
    for text in ("Hello", ADA, "yes"):
        office.write(text)
    office.write("A stranger's", BEN)
    [contact] = office.rows("contacts")
    path = f"/contacts/{contact['id']}"
    exported = (await api.get(f"{path}/export")).body
    assert exported["contact"] == (await api.get(path)).body
    assert [(one["email"], one["assurance"]) for one in exported["addresses"]] == [(ADA, "claimed")]
    assert exported["consents"] == (await api.get(f"{path}/consents")).body["consents"]
    [talk] = exported["conversations"]
    said = [one["text"] for one in talk["messages"] if one["author"] == "visitor"]
    assert said == ["Hello", ADA, "yes"]
    assert talk["conversation"]["contact"]["email"] == ADA
    assert (await api.get("/contacts/99/export")).status == 404
