"""Keep files that are uploaded, before a message has them

Revision: 0031, after 0030. The bytes of those that the database keeps lie in pieces, which go one by one.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import UtcTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(timezone=True), nullable=False),
        sa.Column("kept_at", UtcTime(timezone=True)),
        sa.Column("message_id", _id()),
        sa.Column("position", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_uploads_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("token", name=op.f("uq_uploads_token")),
        sa.UniqueConstraint("message_id", "position", name=op.f("uq_uploads_message_id_position")),
        sqlite_autoincrement=True,
    )
    unused = sa.text("message_id IS NULL")
    op.create_index(
        "ix_uploads_created_at",
        "uploads",
        ["created_at"],
        postgresql_where=unused,
        sqlite_where=unused,
    )
    op.create_table(
        "file_pieces",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token"], ["uploads.token"], name=op.f("fk_file_pieces_token"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", "number", name=op.f("pk_file_pieces")),
    )


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
