"""The agents, and what they keep for themselves."""

import sqlalchemy as sa

from bot.storage.tables.columns import Id, JsonText, UtcTime, belonging, metadata, table

agents = table(
    "agents",
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("email_key", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("is_admin", sa.Boolean, nullable=False),
    sa.Column("available", sa.Boolean, nullable=False),
    # when `available` was last switched
    sa.Column("available_at", UtcTime, nullable=False),
    # when the inbox was last open
    sa.Column("seen_at", UtcTime),
    sa.Column("preferences", JsonText),
    sa.Column("disabled_at", UtcTime),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("email_key"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("agent_id", Id, belonging("agents"), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Index("ix_sessions_agent_id", "agent_id"),
    sa.Index("ix_sessions_expires_at", "expires_at"),
)

# what is good once: only until it would be too old anyway
spent_passes = sa.Table(
    "spent_passes",
    metadata,
    sa.Column("nonce", sa.Text, primary_key=True),
    sa.Column("expires_at", UtcTime, nullable=False),
)

# what is good only if it was given out, and until it is taken: by its hash
issued_passes = sa.Table(
    "issued_passes",
    metadata,
    sa.Column("pass_hash", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
)

# how far an agent has read a conversation
reading_marks = sa.Table(
    "reading_marks",
    metadata,
    sa.Column("agent_id", Id, belonging("agents"), primary_key=True),
    sa.Column("conversation_id", Id, belonging("conversations"), primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Index("ix_reading_marks_conversation_id", "conversation_id"),
)

saved_replies = table(
    "saved_replies",
    sa.Column("shortcut", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.UniqueConstraint("shortcut"),
)

contact_merges = table(
    "contact_merges",
    sa.Column("kept_id", Id, belonging("contacts"), nullable=False),
    # the contact that went into the other one, and what was its own
    sa.Column("gone", JsonText, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("undone_at", UtcTime),
    sa.Index("ix_contact_merges_kept_id", "kept_id"),
)

# copies of what visitors attached, as far as they could be had
files = table(
    "files",
    sa.Column("message_id", Id, belonging("messages"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("content_type", sa.Text),
    sa.Column("size", sa.Integer),
    sa.Column("body", sa.LargeBinary),
    sa.Column("fetched_at", UtcTime),
    sa.UniqueConstraint("message_id", "position"),
)
