"""Know a dead letter by its bytes, so that a repeated delivery makes no second one

Revision: 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.add_column("dead_letters", sa.Column("digest", sa.Text()))
    op.create_index("uq_dead_letters_digest", "dead_letters", ["channel", "digest"], unique=True)
