"""Tables of visitors, conversations, messages, claims and contacts."""

import sqlalchemy as sa

from bot.storage.tables.columns import Id, JsonText, UtcTime, belonging, reference, table

_WAITING = sa.text("waiting_since IS NOT NULL")
_MERGED = sa.text("merged_into_id IS NOT NULL")
_KNOWN = sa.text("contact_id IS NOT NULL")
_UNSEARCHABLE = sa.text("search_line IS NULL")
NOT_FOR_ALL = sa.text("(audience IS NOT NULL OR kind = 'note')")
"""Word for word as in the index: messages that not everybody in a conversation may read."""

contacts = table(
    "contacts",
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("email_key", sa.Text, nullable=False),
    sa.Column("lookalike", sa.Boolean, nullable=False),
    sa.Column("first_name", sa.Text),
    sa.Column("last_name", sa.Text),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    # the contact that this one was merged into: it keeps its key, so that nobody else gets it
    sa.Column("merged_into_id", Id, reference("contacts")),
    # what a search looks at; NULL: a worker has not come to it yet
    sa.Column("search_line", sa.Text),
    sa.UniqueConstraint("email_key"),
    sa.Index(
        "ix_contacts_without_search_line",
        "id",
        postgresql_where=_UNSEARCHABLE,
        sqlite_where=_UNSEARCHABLE,
    ),
    sa.Index(
        "ix_contacts_merged_into_id",
        "merged_into_id",
        postgresql_where=_MERGED,
        sqlite_where=_MERGED,
    ),
)

visitors = table(
    "visitors",
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("guest", sa.Boolean),
    sa.Column("first_name", sa.Text),
    sa.Column("last_name", sa.Text),
    sa.Column("profile_read_at", UtcTime),
    sa.Column("contact_id", Id, reference("contacts")),
    sa.Column("contact_assurance", sa.Text),
    sa.Column("created_at", UtcTime, nullable=False),
    # hidden from everybody since then: only a hull, whose rows are being deleted
    sa.Column("gone_at", UtcTime),
    sa.Column("answer_to", sa.Text),
    # what a search looks at; NULL: a worker has not come to it yet
    sa.Column("search_line", sa.Text),
    sa.UniqueConstraint("channel", "account", "external_id"),
    sa.Index(
        "ix_visitors_without_search_line",
        "id",
        postgresql_where=_UNSEARCHABLE,
        sqlite_where=_UNSEARCHABLE,
    ),
    sa.Index(
        "ix_visitors_contact_id",
        "contact_id",
        postgresql_where=_KNOWN,
        sqlite_where=_KNOWN,
    ),
)

claims = table(
    "claims",
    sa.Column("visitor_id", Id, reference("visitors"), nullable=False),
    sa.Column("contact_id", Id, reference("contacts"), nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("assurance", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("ix_claims_visitor_id", "visitor_id"),
    sa.Index("ix_claims_contact_id", "contact_id"),
)

# what visitors agreed to, word for word: kept as long as the visitor
consents = table(
    "consents",
    sa.Column("visitor_id", Id, reference("visitors"), nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("given_at", UtcTime, nullable=False),
    sa.Column("withdrawn_at", UtcTime),
    sa.Column("withdrawn_by", sa.Text),
    sa.Index("ix_consents_visitor_id", "visitor_id"),
)

conversations = table(
    "conversations",
    sa.Column("visitor_id", Id, reference("visitors"), nullable=False),
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
    # own times, by which reports that come out of order are told: of the page's last message
    # elsewhere, and of the last report about who has the thread
    sa.Column("page_wrote_at", UtcTime),
    sa.Column("owner_known_at", UtcTime),
    # when the last addresses were taken from the visitor, and when it was told that it is enough
    sa.Column("emails_given_at", sa.Text),
    sa.Column("email_limit_told_at", UtcTime),
    sa.Column("zone", sa.Text),
    sa.Column("stopped", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("closed_for_others", sa.Boolean),
    # the address whose owner has the conversation, another one given since and not proved, and the
    # message up to which the owner's side reads only what was mailed
    sa.Column("proved_email", sa.Text),
    sa.Column("beside_email", sa.Text),
    sa.Column("owner_after_seq", sa.Integer),
    # the words in which consent was asked for and not answered; the visitor's last word about it
    sa.Column("consent_text", sa.Text),
    sa.Column("consent", sa.Text),
    # as its visitor's
    sa.Column("gone_at", UtcTime),
    sa.UniqueConstraint("visitor_id"),
    sa.Index("ix_conversations_status_last_message_at_id", "status", "last_message_at", "id"),
    sa.Index("ix_conversations_last_message_at_id", "last_message_at", "id"),
    sa.Index(
        "ix_conversations_beside_email",
        "beside_email",
        postgresql_where=sa.text("beside_email IS NOT NULL"),
        sqlite_where=sa.text("beside_email IS NOT NULL"),
    ),
    sa.Index(
        "ix_conversations_asked_at",
        "asked_at",
        postgresql_where=sa.text("asked_at IS NOT NULL"),
        sqlite_where=sa.text("asked_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_conversations_assignee_status_last_message_at_id",
        "assignee",
        "status",
        "last_message_at",
        "id",
    ),
    sa.Index(
        "ix_conversations_status_waiting_since_id",
        "status",
        "waiting_since",
        "id",
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    ),
    sa.Index(
        "ix_conversations_assignee_status_waiting_since_id",
        "assignee",
        "status",
        "waiting_since",
        "id",
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    ),
)

messages = table(
    "messages",
    sa.Column("conversation_id", Id, reference("conversations"), nullable=False),
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
    # who may read it besides the agents; NULL: everybody in the conversation
    sa.Column("audience", sa.Text),
    # how sure it is that the owner of the conversation's address wrote it; NULL: there was none
    sa.Column("assurance", sa.Text),
    sa.Column("edit", sa.Integer, nullable=False, server_default="0"),
    # the provider's key of the message that it replies to
    sa.Column("reply_to", sa.Text),
    # the visitor's emoji on it, and the time of the last word about that
    sa.Column("reaction", sa.Text),
    sa.Column("reacted_at", UtcTime),
    sa.Column("deleted_at", UtcTime),
    sa.Column("delivery", sa.Text),
    sa.Column("delivery_error", sa.Text),
    sa.Column("delivery_at", UtcTime),
    # what a search looks at; NULL: a worker has not come to it yet
    sa.Column("search_line", sa.Text),
    sa.UniqueConstraint("conversation_id", "seq"),
    sa.Index(
        "ix_messages_without_search_line",
        "id",
        postgresql_where=_UNSEARCHABLE,
        sqlite_where=_UNSEARCHABLE,
    ),
    sa.UniqueConstraint("provider_key"),
    sa.UniqueConstraint("client_key"),
    sa.Index(
        "ix_messages_not_for_all",
        "conversation_id",
        "seq",
        postgresql_where=NOT_FOR_ALL,
        sqlite_where=NOT_FOR_ALL,
    ),
)

# hashes of what pages said soon after messages: what stands in many conversations is a program's
page_echoes = table(
    "page_echoes",
    sa.Column("text_hash", sa.Text, nullable=False),
    sa.Column("conversation_id", Id, belonging("conversations"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.UniqueConstraint("text_hash", "conversation_id"),
    sa.Index("ix_page_echoes_conversation_id", "conversation_id"),
)

audit = table(
    "audit",
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("conversation_id", Id),
    sa.Column("contact_id", Id),
    sa.Column("detail", JsonText),
    sa.Index("ix_audit_conversation_id", "conversation_id"),
    sa.Index("ix_audit_contact_id", "contact_id"),
)
