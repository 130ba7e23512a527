"""API operations on contacts."""

from typing import Any

from bot.core.model import ContactId
from bot.desk import Desk
from bot.desk.types import API, ContactChanges, Person
from bot.web.api import shapes, views
from bot.web.api.operations import ApiAnswer, Call, Operation, clamp


def _list_contacts(desk: Desk, call: Call[shapes.ContactQuery, shapes.Nothing]) -> ApiAnswer:
    query = call.query
    found = desk.contacts.list(query.email, query.q, query.cursor, clamp(query.limit))
    return ApiAnswer(views.contacts(found))


def _show_contact(desk: Desk, call: Call[shapes.Nothing, shapes.Nothing]) -> ApiAnswer:
    return ApiAnswer(views.contact(desk.contacts.find(ContactId(call.id))))


def _list_consents(desk: Desk, call: Call[shapes.Nothing, shapes.Nothing]) -> ApiAnswer:
    return ApiAnswer(views.consents(desk.dossiers.consents(ContactId(call.id))))


def _export_contact(desk: Desk, call: Call[shapes.Nothing, shapes.Nothing]) -> ApiAnswer:
    return ApiAnswer(views.person(desk.dossiers.export(ContactId(call.id))))


def _create_contact(desk: Desk, call: Call[shapes.Nothing, shapes.NewContactShape]) -> ApiAnswer:
    body = call.body
    person = Person(body.email, body.first_name, body.last_name)
    return ApiAnswer(views.contact(desk.contacts.create(person, API)), 201)


def _change_contact(desk: Desk, call: Call[shapes.Nothing, shapes.ContactPatch]) -> ApiAnswer:
    body, changes = call.body, ContactChanges()
    if body.email is not None:
        changes["email"] = body.email
    if "first_name" in body.model_fields_set:
        changes["first_name"] = body.first_name
    if "last_name" in body.model_fields_set:
        changes["last_name"] = body.last_name
    return ApiAnswer(views.contact(desk.contacts.change(ContactId(call.id), changes, API)))


CONTACT_OPERATIONS: tuple[Operation[Any, Any], ...] = (  # Any: each has types of its own
    Operation(
        "GET",
        "/contacts",
        "listContacts",
        "List contacts, the newest first",
        shapes.ContactQuery,
        shapes.Nothing,
        _list_contacts,
        {200: shapes.ContactsShape},
    ),
    Operation(
        "POST",
        "/contacts",
        "createContact",
        "Create a contact; one that has the email already is left as it is",
        shapes.Nothing,
        shapes.NewContactShape,
        _create_contact,
        {201: shapes.Contact},
        conflicts=True,
    ),
    Operation(
        "GET",
        "/contacts/{id}",
        "showContact",
        "Show a contact",
        shapes.Nothing,
        shapes.Nothing,
        _show_contact,
        {200: shapes.Contact},
    ),
    Operation(
        "GET",
        "/contacts/{id}/consents",
        "listConsents",
        "List what the contact's visitors agreed to, word for word",
        shapes.Nothing,
        shapes.Nothing,
        _list_consents,
        {200: shapes.ConsentsShape},
    ),
    Operation(
        "GET",
        "/contacts/{id}/export",
        "exportContact",
        "Export everything about a contact: addresses, consents, conversations with all messages",
        shapes.Nothing,
        shapes.Nothing,
        _export_contact,
        {200: shapes.PersonExportShape},
    ),
    Operation(
        "PATCH",
        "/contacts/{id}",
        "changeContact",
        "Change a contact",
        shapes.Nothing,
        shapes.ContactPatch,
        _change_contact,
        {200: shapes.Contact},
        conflicts=True,
    ),
)
