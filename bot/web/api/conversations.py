"""API operations on conversations."""

from typing import Any

from bot.core.model import ConversationId, Status
from bot.desk import Desk
from bot.desk.errors import InvalidError
from bot.desk.types import API, ConversationChanges, Person, Words
from bot.storage.conversations.conversations import ConversationsWanted
from bot.storage.conversations.messages import Span
from bot.web.api import shapes, views
from bot.web.api.operations import SHORT_LIST, ApiAnswer, Call, Operation, clamp

_UNASSIGNED = "none"


def _list_conversations(
    desk: Desk, call: Call[shapes.ConversationQuery, shapes.Nothing]
) -> ApiAnswer:
    query = call.query
    assignee = (query.assignee or "").lower()
    wanted = ConversationsWanted(
        status=Status(query.status) if query.status else None,
        channel=query.channel,
        unknown=query.unknown,
        assignee=assignee if assignee != _UNASSIGNED else None,
        unassigned=assignee == _UNASSIGNED,
        text=query.q,
    )
    found = desk.conversations(wanted, query.cursor, clamp(query.limit))
    return ApiAnswer(views.conversations(found))


def _show_conversation(desk: Desk, call: Call[shapes.Nothing, shapes.Nothing]) -> ApiAnswer:
    return ApiAnswer(views.conversation(desk.conversation(ConversationId(call.id))))


def _change_conversation(
    desk: Desk, call: Call[shapes.Nothing, shapes.ConversationPatch]
) -> ApiAnswer:
    body, changes = call.body, ConversationChanges()
    if body.status:
        changes["status"] = Status(body.status)
    if "assignee" in body.model_fields_set:
        changes["assignee"] = body.assignee
    view = desk.change(ConversationId(call.id), body.version, changes, API)
    return ApiAnswer(views.conversation(view))


def _list_messages(desk: Desk, call: Call[shapes.MessageQuery, shapes.Nothing]) -> ApiAnswer:
    query = call.query
    if query.after_seq is not None and query.before_seq is not None:
        msg = "before_seq: not together with after_seq."
        raise InvalidError(msg)
    newest = query.after_seq is None and query.before_seq is None
    limit = clamp(query.limit or (SHORT_LIST if newest else shapes.MOST_IN_LIST))
    span = Span(limit, query.after_seq, query.before_seq)
    return ApiAnswer(views.messages(call.id, desk.messages(ConversationId(call.id), span)))


def _write_message(desk: Desk, call: Call[shapes.Nothing, shapes.NewMessageShape]) -> ApiAnswer:
    if call.body.note and call.body.mail:
        msg = "mail: not together with note."
        raise InvalidError(msg)
    answer = desk.mail_instead if call.body.mail else desk.reply
    write = desk.note if call.body.note else answer
    words = Words(call.body.text, call.body.client_id)
    written = write(ConversationId(call.id), words, API)
    return ApiAnswer(views.message(call.id, written.shown), 201 if written.fresh else 200)


def _ask(desk: Desk, call: Call[shapes.Nothing, shapes.Nothing]) -> ApiAnswer:
    return ApiAnswer(views.conversation(desk.ask(ConversationId(call.id), API)))


def _associate(desk: Desk, call: Call[shapes.Nothing, shapes.Association]) -> ApiAnswer:
    body, here = call.body, ConversationId(call.id)
    if body.model_fields_set == {"email"}:
        return ApiAnswer(views.conversation(desk.associate(here, body.email, API)))
    person = Person(body.email, body.first_name, body.last_name)
    return ApiAnswer(views.conversation(desk.associate_person(here, person, API)))


def _dissociate(desk: Desk, call: Call[shapes.Nothing, shapes.Nothing]) -> ApiAnswer:
    return ApiAnswer(views.conversation(desk.dissociate(ConversationId(call.id), API)))


CONVERSATION_OPERATIONS: tuple[Operation[Any, Any], ...] = (  # Any: each has types of its own
    Operation(
        "GET",
        "/conversations",
        "listConversations",
        "List conversations, the newest activity first",
        shapes.ConversationQuery,
        shapes.Nothing,
        _list_conversations,
        {200: shapes.Conversations},
    ),
    Operation(
        "GET",
        "/conversations/{id}",
        "showConversation",
        "Show a conversation",
        shapes.Nothing,
        shapes.Nothing,
        _show_conversation,
        {200: shapes.ConversationShape},
    ),
    Operation(
        "PATCH",
        "/conversations/{id}",
        "changeConversation",
        "Close, reopen or assign a conversation; a stale version is refused with the fresh state",
        shapes.Nothing,
        shapes.ConversationPatch,
        _change_conversation,
        {200: shapes.ConversationShape},
        conflicts=True,
    ),
    Operation(
        "GET",
        "/conversations/{id}/messages",
        "listMessages",
        "List messages, the oldest first; without a number the newest ones",
        shapes.MessageQuery,
        shapes.Nothing,
        _list_messages,
        {200: shapes.Messages},
    ),
    Operation(
        "POST",
        "/conversations/{id}/messages",
        "writeMessage",
        "Reply to the visitor, by mail once the channel's window has closed, or write a note;"
        " 200 if the same was written before",
        shapes.Nothing,
        shapes.NewMessageShape,
        _write_message,
        {200: shapes.Message, 201: shapes.Message},
        conflicts=True,
    ),
    Operation(
        "POST",
        "/conversations/{id}/capture",
        "ask",
        "Ask the visitor for an email now, at most once in a conversation",
        shapes.Nothing,
        shapes.Nothing,
        _ask,
        {200: shapes.ConversationShape},
        conflicts=True,
        body_required=False,
    ),
    Operation(
        "POST",
        "/conversations/{id}/contact",
        "associate",
        "Say who the visitor is: a known contact's email, or an email with a name",
        shapes.Nothing,
        shapes.Association,
        _associate,
        {200: shapes.ConversationShape},
    ),
    Operation(
        "DELETE",
        "/conversations/{id}/contact",
        "dissociate",
        "Take back who the visitor is said to be",
        shapes.Nothing,
        shapes.Nothing,
        _dissociate,
        {200: shapes.ConversationShape},
    ),
)
