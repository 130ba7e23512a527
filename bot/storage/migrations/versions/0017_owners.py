"""Keep whose a conversation is, by which proof, and how sure a message's sender is

Revision: 0017, after 0016. The browsers that read a verified conversation now stay its owner's side;
what was written since its address was proved is the owner's.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import UtcTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
additive = True

_PROVED = "k.visitor_id = v.id AND k.assurance = 'verified'"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("proved_email", sa.Text()))
    op.add_column("conversations", sa.Column("beside_email", sa.Text()))
    op.add_column("conversations", sa.Column("owner_after_seq", sa.Integer()))
    op.add_column("messages", sa.Column("assurance", sa.Text()))
    _add_former_readers()
    _add_proofs()
    op.create_table(
        "withdrawals",
        sa.Column("email_hash", sa.Text(), nullable=False),
        sa.Column("conversation_id", _id(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("email_hash", "conversation_id", name=op.f("pk_withdrawals")),
    )
    _keep_owners()


def _add_former_readers() -> None:
    op.create_table(
        "former_readers",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", _id(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("email_key", sa.Text()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("answered_seq", sa.Integer(), nullable=False),
        sa.Column("seen_up_to", UtcTime(timezone=True)),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("opened_at", UtcTime(timezone=True)),
        _belongs("former_readers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_readers")),
        sa.UniqueConstraint(
            "conversation_id",
            "channel",
            "account",
            "external_id",
            name=op.f("uq_former_readers_conversation_id_channel_account_external_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_former_readers_external_id", "former_readers", ["external_id"])


def _add_proofs() -> None:
    op.create_table(
        "proofs",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", _id(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcTime(timezone=True), nullable=False),
        sa.Column("code_hash", sa.Text()),
        sa.Column("expires_at", UtcTime(timezone=True)),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcTime(timezone=True)),
        _belongs("proofs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_proofs_conversation_id", "proofs", ["conversation_id"])


def _keep_owners() -> None:
    op.execute(
        "UPDATE conversations SET proved_email = (SELECT coalesce("
        f"(SELECT k.email FROM claims k WHERE {_PROVED} ORDER BY k.id DESC LIMIT 1),"
        " (SELECT p.email FROM contacts p WHERE p.id = v.contact_id))"
        " FROM visitors v WHERE v.id = conversations.visitor_id)"
        " WHERE channel = 'webchat' AND visitor_id IN"
        " (SELECT id FROM visitors WHERE contact_assurance = 'verified')"
    )
    since = (
        "SELECT min(k.at) FROM claims k JOIN visitors v ON k.visitor_id = v.id"
        " JOIN conversations c ON c.visitor_id = v.id"
        f" WHERE c.id = messages.conversation_id AND {_PROVED}"
    )
    op.execute(
        f"UPDATE messages SET assurance = CASE WHEN at >= ({since}) THEN 'verified' ELSE 'claimed' END"
        " WHERE author = 'visitor' AND conversation_id IN"
        " (SELECT id FROM conversations WHERE proved_email IS NOT NULL)"
    )


def _belongs(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["conversation_id"],
        ["conversations.id"],
        name=op.f(f"fk_{table}_conversation_id"),
        ondelete="CASCADE",
    )


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
