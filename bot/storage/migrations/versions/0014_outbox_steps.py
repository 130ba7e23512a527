"""Say of a row of the outbox how far its attempts have come

Revision: 0014, after 0015. Work of several requests goes on where a dead worker left it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0015"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.add_column("outbox", sa.Column("step", sa.Text()))
