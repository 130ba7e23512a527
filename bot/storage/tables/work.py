"""Tables of work: the outbox, channel accounts, dead letters."""

import sqlalchemy as sa

from bot.storage.tables.columns import Id, JsonText, UtcTime, metadata, reference, table

# what may hold up the later messages of its conversation
_WAITING = sa.text("kind = 'deliver' AND state IN ('pending', 'sending')")

# the same, where rows have an ordering key of their own
_ORDERED = sa.text("ordering_key IS NOT NULL AND state IN ('pending', 'sending')")

# written out, word for word as in the questions: else SQLite does not see that it may use them
TOLD = sa.text("kind = 'notify' AND state = 'sent'")
FOR_PROGRAMS = sa.text("kind = 'webhook'")

_OF_VISITORS = sa.text("visitor_id IS NOT NULL")
_OF_CONVERSATIONS = sa.text("conversation_id IS NOT NULL")

WENT_WRONG = sa.text("state IN ('dead', 'unknown')")

outbox = table(
    "outbox",
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("dedupe_key", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("visitor_id", Id, reference("visitors")),
    sa.Column("conversation_id", Id, reference("conversations")),
    sa.Column("message_id", Id, reference("messages")),
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
    sa.Column("step", sa.Text),
    sa.Column("ordering_key", sa.Text),
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
    # what a target was told of late
    sa.Index(
        "ix_outbox_account_settled_at",
        "account",
        "settled_at",
        postgresql_where=TOLD,
        sqlite_where=TOLD,
    ),
    # what a program was sent
    sa.Index(
        "ix_outbox_account_id",
        "account",
        "id",
        postgresql_where=FOR_PROGRAMS,
        sqlite_where=FOR_PROGRAMS,
    ),
    # what goes with a visitor, and with a conversation
    sa.Index(
        "ix_outbox_of_visitor_id",
        "visitor_id",
        postgresql_where=_OF_VISITORS,
        sqlite_where=_OF_VISITORS,
    ),
    sa.Index(
        "ix_outbox_of_conversation_id",
        "conversation_id",
        postgresql_where=_OF_CONVERSATIONS,
        sqlite_where=_OF_CONVERSATIONS,
    ),
    sa.Index(
        "ix_outbox_conversation_id",
        "conversation_id",
        "id",
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    ),
    sa.Index(
        "ix_outbox_ordering_key",
        "ordering_key",
        "id",
        postgresql_where=_ORDERED,
        sqlite_where=_ORDERED,
    ),
)

# who is forgotten just now: hidden already, and deleted little by little
unfinished_erasures = table(
    "unfinished_erasures",
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # the ids whose rows are still to go, and by which words dead letters are found
    sa.Column("work", JsonText, nullable=False),
    sa.Column("removed", JsonText, nullable=False),
    sa.Column("audit_ids", JsonText),
    sa.Column("request_key", sa.Text),
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
    # what it is called at its channel
    sa.Column("name", sa.Text),
)

# why an account does not work: each cause is one alarm, from its beginning to its end
stops = sa.Table(
    "stops",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("cause", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("began_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
    # the outbox row that looks at it again; no reference, for settled rows are cleared away
    sa.Column("look_id", Id),
)

dead_letters = table(
    "dead_letters",
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("settled_at", UtcTime),
    # whose a mail is; no reference, for it must hinder no deletion
    sa.Column("conversation_id", Id),
    # of the bytes that a delivery brought, which comes again until it is acknowledged
    sa.Column("digest", sa.Text),
    sa.Index("uq_dead_letters_digest", "channel", "digest", unique=True),
    sa.Index(
        "ix_dead_letters_conversation_id",
        "conversation_id",
        "id",
        postgresql_where=_OF_CONVERSATIONS,
        sqlite_where=_OF_CONVERSATIONS,
    ),
    # on SQLite, what stands behind what was delivered is read only together with that
    sa.Index("ix_dead_letters_state", "state", "id"),
)

# what is only counted, by what it is called
tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
)

# visitors who were erased, or took messages back that had not come yet: nothing but hashes
erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("place_hash", sa.Text, primary_key=True),
    # 1970: not erased
    sa.Column("erased_at", UtcTime, nullable=False),
    sa.Column("unsent", sa.Text),
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

# what the last look at the whole installation found: one row
checkups = sa.Table(
    "checkups",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("findings", JsonText, nullable=False),
)
