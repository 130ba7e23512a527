"""Keep which message another one replies to, and the emoji that visitors put on messages

Revision: 0029, after 0028.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.columns import UtcTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.add_column("messages", sa.Column("reply_to", sa.Text()))
    op.add_column("messages", sa.Column("reaction", sa.Text()))
    op.add_column("messages", sa.Column("reacted_at", UtcTime()))
