"""What the last check of the installation found

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import JsonText, UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checkups",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("findings", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_checkups")),
    )


def downgrade() -> None:
    op.drop_table("checkups")
