"""Find the outbox rows of a message

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_HAS_ONE = sa.text("message_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_outbox_message_id",
        "outbox",
        ["message_id"],
        postgresql_where=_HAS_ONE,
        sqlite_where=_HAS_ONE,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_message_id", "outbox")
