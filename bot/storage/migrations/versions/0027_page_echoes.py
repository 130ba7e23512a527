"""Keep what pages say at once in many conversations, as hashes

Revision: 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.columns import Id, UtcTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    talk = sa.ForeignKey(
        "conversations.id", name="fk_page_echoes_conversation_id", ondelete="CASCADE"
    )
    op.create_table(
        "page_echoes",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("conversation_id", Id, talk, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.UniqueConstraint(
            "text_hash", "conversation_id", name="uq_page_echoes_text_hash_conversation_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_page_echoes_conversation_id", "page_echoes", ["conversation_id"])
