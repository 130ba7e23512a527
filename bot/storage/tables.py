"""The tables, the same on SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcTime(TypeDecorator[datetime]):
    """An aware moment. SQLite keeps ISO text of one width: its order is that of time."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the engine's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """Refuse naive moments and store UTC."""
        if value is None or dialect.name == "postgresql":
            return value
        return time_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 - the base class's signature
        """Hand out UTC."""
        return None if value is None else parse_time(value)


class JsonText(TypeDecorator[Any]):
    """A JSON document that no statement looks into."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002 - as above
        """Write the document."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 - as above
        """Read it back."""
        return None if value is None else json.loads(value)


@lru_cache(maxsize=4096)  # the same few moments stand in every row of a batch
def time_text(moment: datetime) -> str:
    """Write a moment as UTC text of one width, which PostgreSQL reads as well."""
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            msg = "a moment without a time zone can't be stored"
            raise ValueError(msg)
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")


def parse_time(value: str | datetime) -> datetime:
    """Read a moment that a driver hands out raw."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _table(name: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    # sqlite_autoincrement: the id of an erased row is never given to another one
    key = sa.Column("id", _Id, primary_key=True, autoincrement=True)
    return sa.Table(name, metadata, key, *columns, sqlite_autoincrement=True)


def _reference(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id")


contacts = _table(
    "contacts",
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("email_key", sa.Text, nullable=False),
    sa.Column("lookalike", sa.Boolean, nullable=False),
    sa.Column("first_name", sa.Text),
    sa.Column("last_name", sa.Text),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.UniqueConstraint("email_key"),
)

visitors = _table(
    "visitors",
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("guest", sa.Boolean),
    sa.Column("first_name", sa.Text),
    sa.Column("last_name", sa.Text),
    sa.Column("profile_read_at", UtcTime),
    sa.Column("contact_id", _Id, _reference("contacts")),
    sa.Column("contact_assurance", sa.Text),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("channel", "account", "external_id"),
    sa.Index("ix_visitors_contact_id", "contact_id"),
)

claims = _table(
    "claims",
    sa.Column("visitor_id", _Id, _reference("visitors"), nullable=False),
    sa.Column("contact_id", _Id, _reference("contacts"), nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("assurance", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("ix_claims_visitor_id", "visitor_id"),
    sa.Index("ix_claims_contact_id", "contact_id"),
)

conversations = _table(
    "conversations",
    sa.Column("visitor_id", _Id, _reference("visitors"), nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("locale", sa.Text),
    sa.Column("unanswered", sa.Integer, nullable=False),
    sa.Column("waiting_since", UtcTime),
    sa.Column("agent_wrote_at", UtcTime),
    sa.Column("visitor_seen_at", UtcTime),
    sa.Column("owned_elsewhere", sa.Boolean, nullable=False),
    sa.Column("away_period", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("email_source", sa.Text),
    sa.Column("capture_state", sa.Text, nullable=False),
    sa.Column("capture_reason", sa.Text, nullable=False),
    sa.Column("capture_due_at", UtcTime),
    sa.Column("capture_by_hand", sa.Boolean, nullable=False),
    sa.Column("asked_at", UtcTime),
    sa.Column("agent_wrote_since_asked", sa.Boolean, nullable=False),
    sa.Column("hints", sa.Integer, nullable=False),
    sa.Column("typed_email", sa.Text),
    sa.Column("suggested_email", sa.Text),
    sa.Column("offered_email", sa.Text),
    sa.Column("confirm_email", sa.Text),
    sa.Column("assignee", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.Column("answered_seq", sa.Integer, nullable=False),
    sa.Column("last_message_at", UtcTime),
    sa.Column("delivered_up_to", UtcTime),
    sa.Column("seen_up_to", UtcTime),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("visitor_id"),
    sa.Index("ix_conversations_status_last_message_at_id", "status", "last_message_at", "id"),
    sa.Index("ix_conversations_last_message_at_id", "last_message_at", "id"),
)

messages = _table(
    "messages",
    sa.Column("conversation_id", _Id, _reference("conversations"), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("attachments", JsonText),
    sa.Column("payload", sa.Text),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("provider_key", sa.Text),
    sa.Column("client_key", sa.Text),
    sa.Column("origin", sa.Text),
    sa.Column("edit", sa.Integer, nullable=False, server_default="0"),
    sa.Column("deleted_at", UtcTime),
    sa.Column("delivery", sa.Text),
    sa.Column("delivery_error", sa.Text),
    sa.Column("delivery_at", UtcTime),
    sa.UniqueConstraint("conversation_id", "seq"),
    sa.UniqueConstraint("provider_key"),
    sa.UniqueConstraint("client_key"),
)

# what may hold up the later messages of its conversation
_WAITING = sa.text("kind = 'deliver' AND state IN ('pending', 'sending')")

WENT_WRONG = sa.text("state IN ('dead', 'unknown')")

outbox = _table(
    "outbox",
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("dedupe_key", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("visitor_id", _Id, _reference("visitors")),
    sa.Column("conversation_id", _Id, _reference("conversations")),
    sa.Column("message_id", _Id, _reference("messages")),
    sa.Column("payload", JsonText),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("deadline", UtcTime),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("attempted_at", UtcTime),
    sa.Column("lease", sa.Text),
    sa.Column("lease_until", UtcTime),
    sa.Column("reason", sa.Text),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("settled_at", UtcTime),
    sa.UniqueConstraint("dedupe_key"),
    sa.Index(
        "ix_outbox_state_kind",
        "state",
        "kind",
        postgresql_where=WENT_WRONG,
        sqlite_where=WENT_WRONG,
    ),
    sa.Index(
        "ix_outbox_due_at",
        "due_at",
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    ),
    sa.Index(
        "ix_outbox_lease_until",
        "lease_until",
        postgresql_where=sa.text("state = 'sending'"),
        sqlite_where=sa.text("state = 'sending'"),
    ),
    # echoes settle by it; and a message's erasure asks whether work refers to it
    sa.Index(
        "ix_outbox_message_id",
        "message_id",
        postgresql_where=sa.text("message_id IS NOT NULL"),
        sqlite_where=sa.text("message_id IS NOT NULL"),
    ),
    sa.Index(
        "ix_outbox_conversation_id",
        "conversation_id",
        "id",
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    ),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("until", UtcTime),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("credential", sa.Text),
    sa.Column("proved_at", UtcTime),
    sa.Column("changed_at", UtcTime, nullable=False),
)

dead_letters = _table(
    "dead_letters",
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("settled_at", UtcTime),
)

audit = _table(
    "audit",
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("conversation_id", _Id),
    sa.Column("contact_id", _Id),
    sa.Column("detail", JsonText),
    sa.Index("ix_audit_conversation_id", "conversation_id"),
    sa.Index("ix_audit_contact_id", "contact_id"),
)

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("place_hash", sa.Text, primary_key=True),
    sa.Column("erased_at", UtcTime, nullable=False),
)

deletion_requests = sa.Table(
    "deletion_requests",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("settled_at", UtcTime),
    sa.UniqueConstraint("request_hash"),
)
