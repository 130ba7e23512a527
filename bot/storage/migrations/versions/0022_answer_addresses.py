"""Keep where a channel sends answers to a visitor, if not to the id that it is filed under

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.add_column("visitors", sa.Column("answer_to", sa.Text()))
