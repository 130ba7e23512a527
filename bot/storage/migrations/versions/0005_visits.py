"""Where on a site visitors are

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import UtcTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "visits",
        sa.Column("visitor_id", _ID, nullable=False),
        sa.Column("page", sa.Text()),
        sa.Column("title", sa.Text()),
        sa.Column("referrer", sa.Text()),
        sa.Column("browser", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", UtcTime(timezone=True), nullable=False),
        sa.Column("last_at", UtcTime(timezone=True), nullable=False),
        sa.Column("over_at", UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("visitor_id", name=op.f("pk_visits")),
        sa.ForeignKeyConstraint(
            ["visitor_id"], ["visitors.id"], name=op.f("fk_visits_visitor_id"), ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("visits")
