"""Keep which conversation by mail stands beside which one on a channel that names its senders

Revision: 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.create_table(
        "mail_sides",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", _id(), nullable=False),
        sa.Column("beside_id", _id(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        _belongs("conversation_id"),
        _belongs("beside_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_sides")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_mail_sides_conversation_id")),
        sa.UniqueConstraint(
            "beside_id", "email_key", name=op.f("uq_mail_sides_beside_id_email_key")
        ),
        sqlite_autoincrement=True,
    )


def _belongs(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["conversations.id"], name=op.f(f"fk_mail_sides_{column}"), ondelete="CASCADE"
    )


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
