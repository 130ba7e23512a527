"""Say of a row of the outbox how far its attempts have come

Revision: 0012, after 0011. Work of several requests goes on where a dead worker left it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.add_column("outbox", sa.Column("step", sa.Text()))
