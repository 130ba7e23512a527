"""Keep who wants no automatic messages, and visitors' time zones

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.add_column("conversations", sa.Column("zone", sa.Text()))
    op.add_column(
        "conversations",
        sa.Column("stopped", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
