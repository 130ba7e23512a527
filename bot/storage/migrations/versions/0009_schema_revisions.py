"""Tell older code which later revisions it may serve

Revision: 0009, after 0008. `bot.storage.migrate` fills the table from what each revision says.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.create_table(
        "schema_revisions",
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("additive", sa.Boolean(), nullable=False),
        sa.Column("serves_from", sa.Text()),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_schema_revisions")),
    )
