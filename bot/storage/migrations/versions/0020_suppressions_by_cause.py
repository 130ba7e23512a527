"""Keep by which signal an address came to get no mails

Revision: 0020, after 0019. And the address itself, as long as the person is known; what was written
before stands under a hash without a key, and is looked up under that as well.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.add_column("suppressions", sa.Column("email", sa.Text()))
    op.add_column("suppressions", sa.Column("signal", sa.Text()))
