"""Keep when addresses were taken from a visitor

Revision: 0015, after 0014. At most three a day are, however they are given.
"""

import sqlalchemy as sa
from alembic import op

import bot.storage.tables

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.add_column("conversations", sa.Column("emails_given_at", sa.Text()))
    op.add_column(
        "conversations", sa.Column("email_limit_told_at", bot.storage.tables.UtcTime())
    )
