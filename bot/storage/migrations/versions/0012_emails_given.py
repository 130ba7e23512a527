"""Keep when addresses were taken from a visitor

Revision: 0012, after 0011. At most three a day are, however they are given.
"""

import sqlalchemy as sa
from alembic import op

import bot.storage.tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.add_column("conversations", sa.Column("emails_given_at", sa.Text()))
    op.add_column(
        "conversations", sa.Column("email_limit_told_at", bot.storage.tables.UtcTime())
    )
