"""Keep the own times by which reports that come out of order are told

Revision: 0010, after 0009. Of conversations until now none is known, and their next reports count.
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
    for name in ("visitor_wrote_at", "page_wrote_at", "owner_known_at"):
        op.add_column("conversations", sa.Column(name, UtcTime(timezone=True)))
