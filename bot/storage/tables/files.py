"""Tables of files: what was uploaded, and the bytes of what the database itself keeps."""

import sqlalchemy as sa

from bot.storage.tables.columns import Id, UtcTime, metadata, reference, table

_UNUSED = sa.text("message_id IS NULL")

uploads = table(
    "uploads",
    # the id by which the file is known outside
    sa.Column("token", sa.Text, nullable=False),
    # who handed it in, as long as no message has it
    sa.Column("owner", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("content_type", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    # which store has the bytes
    sa.Column("store", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    # when all bytes had been written: before that it is not there for anybody
    sa.Column("kept_at", UtcTime),
    # no cascade: the bytes may lie elsewhere, and go first
    sa.Column("message_id", Id, reference("messages")),
    sa.Column("position", sa.Integer),
    sa.UniqueConstraint("token"),
    sa.UniqueConstraint("message_id", "position"),
    sa.Index(
        "ix_uploads_created_at",
        "created_at",
        postgresql_where=_UNUSED,
        sqlite_where=_UNUSED,
    ),
)

file_pieces = sa.Table(
    "file_pieces",
    metadata,
    sa.Column(
        "token", sa.Text, sa.ForeignKey("uploads.token", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
