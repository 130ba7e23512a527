"""Keep why accounts are stopped, what they are called, and who hears of alarms at night

Revision: 0030, after 0029.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.columns import UtcTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.add_column("accounts", sa.Column("name", sa.Text()))
    op.add_column(
        "notice_wishes",
        sa.Column("alarms", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "stops",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", UtcTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcTime(timezone=True)),
        sa.Column("look_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.PrimaryKeyConstraint("channel", "account", "cause", name=op.f("pk_stops")),
    )
