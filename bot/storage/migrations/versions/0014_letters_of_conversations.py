"""Find unread mails by their conversation and open letters by an index; count what is dropped

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
additive = True

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    known = sa.text("conversation_id IS NOT NULL")
    op.add_column("dead_letters", sa.Column("conversation_id", _ID))
    op.create_index(
        "ix_dead_letters_conversation_id",
        "dead_letters",
        ["conversation_id", "id"],
        postgresql_where=known,
        sqlite_where=known,
    )
    op.create_index("ix_dead_letters_state", "dead_letters", ["state", "id"])
    op.create_table(
        "tallies",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tallies")),
    )


def downgrade() -> None:
    op.drop_table("tallies")
    op.drop_index("ix_dead_letters_state", "dead_letters")
    op.drop_index("ix_dead_letters_conversation_id", "dead_letters")
    op.drop_column("dead_letters", "conversation_id")
