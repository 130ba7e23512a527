"""Keep who may read a message, and one address for answers for each address that is mailed to

Revision: 0016, after 0015. What came by mail until now is for the browsers of those who have proved the
conversation's address, and these are all that read it where the address is verified; of answers to
addresses that were made before, the one that was mailed to is read from the mails.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import UtcTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
additive = True

_NOT_FOR_ALL = sa.text("(audience IS NOT NULL OR kind = 'note')")
_BELONGS = """
FROM conversations c JOIN visitors v ON v.id = c.visitor_id JOIN contacts k ON k.id = v.contact_id
"""


def upgrade() -> None:
    op.add_column("conversations", sa.Column("closed_for_others", sa.Boolean()))
    op.add_column("messages", sa.Column("audience", sa.Text()))
    _add_reply_addresses()
    _add_proofs()
    op.execute(
        "UPDATE messages SET audience = coalesce((SELECT 'owner:' || k.email_key"
        f" {_BELONGS} WHERE c.id = messages.conversation_id), 'agents')"
        " WHERE author = 'visitor' AND provider_key LIKE '%/mail:%'"
    )
    op.create_index(
        "ix_messages_not_for_all",
        "messages",
        ["conversation_id", "seq"],
        postgresql_where=_NOT_FOR_ALL,
        sqlite_where=_NOT_FOR_ALL,
    )


def _add_reply_addresses() -> None:
    op.create_table(
        "reply_addresses",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("conversation_id", _id(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_reply_addresses_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_reply_addresses")),
    )
    op.create_index("ix_reply_addresses_conversation_id", "reply_addresses", ["conversation_id"])


def _add_proofs() -> None:
    op.create_table(
        "browser_proofs",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("visitor_id", _id(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["visitor_id"],
            ["visitors.id"],
            name=op.f("fk_browser_proofs_visitor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "channel", "account", "external_id", "email_key", name=op.f("pk_browser_proofs")
        ),
    )
    op.create_index("ix_browser_proofs_visitor_id", "browser_proofs", ["visitor_id"])
    columns = "INSERT INTO browser_proofs (channel, account, external_id, email_key, visitor_id, at)"
    verified = f"{_BELONGS} WHERE v.contact_assurance = 'verified' AND c.channel = 'webchat'"
    op.execute(
        f"{columns} SELECT v.channel, v.account, v.external_id, k.email_key, v.id, v.created_at"
        f" {verified}"
    )
    op.execute(
        f"{columns} SELECT b.channel, b.account, b.external_id, k.email_key, v.id, b.created_at"
        f" {_BELONGS} JOIN browsers b ON b.visitor_id = v.id"
        " WHERE v.contact_assurance = 'verified'"
    )


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
