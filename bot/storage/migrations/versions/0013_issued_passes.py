"""Know which sign-in links were issued

Revision: 0013, after 0012. A signature alone no longer opens the inbox.
"""

import sqlalchemy as sa
from alembic import op

import bot.storage.tables

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.create_table(
        "issued_passes",
        sa.Column("pass_hash", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("expires_at", bot.storage.tables.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("pass_hash", name=op.f("pk_issued_passes")),
    )
