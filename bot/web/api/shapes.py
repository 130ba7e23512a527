"""Shapes of the API's JSON, each defined once for checking, writing and OpenAPI."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.core.model import Assurance, CaptureState, Kind, Source
from bot.desk.progress import Way
from bot.desk.validation import MOST_IN_CLIENT_ID, MOST_IN_NAME, MOST_IN_SEARCH, MOST_IN_TEXT
from bot.edge.numbers import LAST_SEQ, as_number
from bot.storage.conversations.search_blocks import MOST_FOUND

MOST_IN_LIST = 100
_MOST_IN_EMAIL = 320
_MOST_IN_CURSOR = 200
_WITHOUT_NUL = r"^[^\x00]*$"
_FLAGS = {"true": True, "false": False}


def _number(text: object) -> object:
    number = as_number(text) if isinstance(text, str) else None
    return text if number is None else number


def _flag(text: object) -> object:
    return _FLAGS.get(text, text) if isinstance(text, str) else text


class GivenShape(BaseModel):
    """A request body: exactly these fields, of exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(GivenShape):
    """No fields."""


_Seq = Annotated[int, BeforeValidator(_number), Field(ge=0, le=LAST_SEQ)]
_Limit = Annotated[
    int,
    BeforeValidator(_number),
    Field(ge=1, description="More than 100 is taken as 100."),
]
_Cursor = Annotated[
    str, Field(max_length=_MOST_IN_CURSOR, description="`next_cursor` of the answer before.")
]
_Search = Annotated[
    str, Field(max_length=MOST_IN_SEARCH, pattern=_WITHOUT_NUL, description="Taken literally.")
]
_SearchedEmail = Annotated[str, Field(max_length=_MOST_IN_EMAIL, pattern=_WITHOUT_NUL)]
_Email = Annotated[
    str,
    Field(
        max_length=_MOST_IN_EMAIL,
        pattern=_WITHOUT_NUL,
        description="An email address; marks around it are left out.",
    ),
]
_Name = Annotated[str, Field(max_length=MOST_IN_NAME, pattern=_WITHOUT_NUL)]


class ConversationQuery(GivenShape):
    """Which conversations."""

    status: Literal["open", "closed"] | None = None
    channel: Annotated[str, Field(max_length=50, pattern=_WITHOUT_NUL)] | None = None
    unknown: Annotated[bool, BeforeValidator(_flag)] | None = Field(
        None, description="Whether no contact is associated."
    )
    assignee: _SearchedEmail | None = Field(None, description="An agent's email, or `none`.")
    q: _Search | None = Field(
        None,
        description="Taken literally. PostgreSQL looks no further than the newest "
        f"{MOST_FOUND} messages, visitors and contacts each that hold it.",
    )
    cursor: _Cursor | None = None
    limit: _Limit | None = None


class MessageQuery(GivenShape):
    """Which messages: at most one of the two numbers."""

    after_seq: _Seq | None = None
    before_seq: _Seq | None = None
    limit: _Limit | None = None


class ContactQuery(GivenShape):
    """Which contacts."""

    email: _SearchedEmail | None = None
    q: _Search | None = None
    cursor: _Cursor | None = None
    limit: _Limit | None = None


class NewMessageShape(GivenShape):
    """An agent's reply, or a note; with `mail` the reply goes by mail, where nothing else may."""

    text: Annotated[str, Field(min_length=1, max_length=MOST_IN_TEXT, pattern=_WITHOUT_NUL)]
    client_id: Annotated[
        str, Field(min_length=1, max_length=MOST_IN_CLIENT_ID, pattern=_WITHOUT_NUL)
    ]
    note: bool = False
    mail: bool = False


class ConversationPatch(GivenShape):
    """Changes to the conversation whose `version` was read."""

    version: Annotated[int, Field(ge=0, le=LAST_SEQ)]
    status: Literal["open", "closed"] | None = None
    assignee: _Email | None = None


class Association(GivenShape):
    """The visitor's contact; with a name it is created if there is none."""

    email: _Email
    first_name: _Name | None = None
    last_name: _Name | None = None


class NewContactShape(GivenShape):
    """A contact."""

    email: _Email
    first_name: _Name | None = None
    last_name: _Name | None = None


class ContactPatch(GivenShape):
    """Changes to a contact."""

    email: _Email | None = None
    first_name: _Name | None = None
    last_name: _Name | None = None


class Contact(BaseModel):
    """A person with an email."""

    id: int
    email: str
    first_name: str | None
    last_name: str | None
    source: Literal["capture", "agent", "api"]
    created_at: datetime


class Visitor(BaseModel):
    """The visitor."""

    id: int
    name: str
    unknown: bool
    guest: bool
    external_id: str


class CaptureShape(BaseModel):
    """The capture state of a conversation and its reason."""

    state: CaptureState
    reason: str
    due_at: datetime | None


class ConversationShape(BaseModel):
    """A conversation with its visitor."""

    id: int
    channel: str
    account: str
    status: Literal["open", "closed"]
    visitor: Visitor
    contact: Contact | None
    contact_assurance: Assurance | None
    capture: CaptureShape
    assignee: str | None
    version: int
    last_seq: int
    last_message_at: datetime | None
    waiting_since: datetime | None
    by_mail_of: int | None
    """The conversation that this one, of an address's owner by mail, stands beside."""


class Conversations(BaseModel):
    """Some conversations."""

    conversations: list[ConversationShape]
    next_cursor: str | None


class AttachmentShape(BaseModel):
    """Something that came along."""

    type: str
    title: str | None
    url: str | None
    latitude: float | None
    longitude: float | None


class DeliveryShape(BaseModel):
    """A message's delivery state."""

    state: Way
    error: str | None


class Message(BaseModel):
    """A message; what has no default is always there."""

    seq: int
    direction: Literal["incoming", "outgoing"]
    author: Literal["visitor", "agent", "bot", "system"]
    name: str | None
    kind: Kind
    text: str
    attachments: list[AttachmentShape]
    at: datetime
    client_id: str | None = None
    delivery: DeliveryShape | None = None
    origin: Literal["other_app", "mail", "automatic_mail"] | None = None
    assurance: Literal["claimed", "verified"] | None = Field(
        None,
        description="On incoming messages: whether the owner of the visitor's address wrote it. "
        "`claimed`: the address was typed, and its owner has not proved it; null: no address was "
        "known.",
    )
    reaction: str | None = Field(None, description="The visitor's emoji on it.")
    reply_to: int | None = Field(
        None, description="The `seq` of the message that it replies to, where that is known."
    )
    deleted: Literal[True] | None = None
    edited: Literal[True] | None = None


class Messages(BaseModel):
    """Some messages, the oldest first."""

    messages: list[Message]
    last_seq: int


class ConsentShape(BaseModel):
    """A consent, word for word, and until when it held."""

    text: str
    language: str
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None
    conversation: int | None


class ConsentsShape(BaseModel):
    """What a contact's visitors agreed to, the newest first."""

    consents: list[ConsentShape]


class ClaimShape(BaseModel):
    """An address, who gave it, and how sure it is."""

    email: str
    assurance: Literal["claimed", "confirmed", "verified"]
    source: Source
    at: datetime
    conversation: int | None


class ExportedConversation(BaseModel):
    """A conversation with all its messages, the team's notes included."""

    conversation: ConversationShape
    messages: list[Message]


class PersonExportShape(BaseModel):
    """Everything that is kept about a person."""

    contact: Contact
    addresses: list[ClaimShape]
    consents: list[ConsentShape]
    conversations: list[ExportedConversation]


class ContactsShape(BaseModel):
    """Some contacts."""

    contacts: list[Contact]
    next_cursor: str | None


class FaultShape(BaseModel):
    """An API error: a code for programs, a sentence for people."""

    code: str
    message: str


class Failure(BaseModel):
    """An answer that is none."""

    error: FaultShape
    conversation: ConversationShape | None = None
    contact: Contact | None = None
