"""Find quickly who gave an address beside one that was proved

Revision: 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    there = sa.text("beside_email IS NOT NULL")
    op.create_index(
        "ix_conversations_beside_email",
        "conversations",
        ["beside_email"],
        postgresql_where=there,
        sqlite_where=there,
    )
