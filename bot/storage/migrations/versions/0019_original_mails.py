"""Keep mails as they came, for thirty days

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import JsonText, UtcTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
additive = True

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "original_mails",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("conversation_id", _ID, nullable=False),
        sa.Column("message_key", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("whole", sa.Text(), nullable=False),
        sa.Column("files", JsonText(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcTime(timezone=True), nullable=False),
        sa.Column("taken_at", UtcTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_original_mails_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_original_mails")),
        sa.UniqueConstraint("message_key", name=op.f("uq_original_mails_message_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_original_mails_conversation_id", "original_mails", ["conversation_id"])
    op.create_index("ix_original_mails_created_at", "original_mails", ["created_at"])


def downgrade() -> None:
    op.drop_table("original_mails")
