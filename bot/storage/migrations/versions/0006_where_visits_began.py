"""Where visits began

Revision: 0006, after 0005. Of those before, nobody knows.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visits", sa.Column("started_page", sa.Text()))
    op.add_column("visits", sa.Column("started_title", sa.Text()))
    op.add_column("visits", sa.Column("started_at", UtcTime(timezone=True)))


def downgrade() -> None:
    for name in ("started_at", "started_title", "started_page"):
        op.drop_column("visits", name)
