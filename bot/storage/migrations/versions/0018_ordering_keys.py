"""Say of a row of the outbox which others it is done in order with

Revision: 0018, after 0017. Where that is no conversation, or not the kind's whole conversation.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
additive = True

_ORDERED = sa.text("ordering_key IS NOT NULL AND state IN ('pending', 'sending')")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("ordering_key", sa.Text()))
    op.create_index(
        "ix_outbox_ordering_key",
        "outbox",
        ["ordering_key", "id"],
        postgresql_where=_ORDERED,
        sqlite_where=_ORDERED,
    )
