"""Keep what tells reports that come out of order

Revision: 0010, after 0009. Own times of the page's last message elsewhere and of the last word about
who has a thread; and which messages were taken back before they came.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import UtcTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    for name in ("page_wrote_at", "owner_known_at"):
        op.add_column("conversations", sa.Column(name, UtcTime(timezone=True)))
    op.add_column("erasures", sa.Column("unsent", sa.Text()))
