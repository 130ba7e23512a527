"""Keep what was found out about the domains of addresses

Revision: 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import UtcTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.create_table(
        "email_domains",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("takes_mail", sa.Boolean()),
        sa.Column("throw_away", sa.Boolean(), nullable=False),
        sa.Column("looked_up_at", UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_email_domains")),
    )
