"""Erase in two steps: hide at once, delete little by little

Revision: 0021, after 0020. What is hidden says since when. Outbox rows are found by whom they are for, since
a visitor's row goes only when none refers to it.
"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import JsonText, UtcTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    for table in ("visitors", "conversations"):
        op.add_column(table, sa.Column("gone_at", UtcTime(timezone=True)))
    for column in ("visitor_id", "conversation_id"):
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_outbox_of_{column}", "outbox", [column], postgresql_where=there, sqlite_where=there
        )
    _build_anew_what_finds_waiting_messages()
    op.create_table(
        "unfinished_erasures",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("work", JsonText(), nullable=False),
        sa.Column("removed", JsonText(), nullable=False),
        sa.Column("audit_ids", JsonText()),
        sa.Column("request_key", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unfinished_erasures")),
        sqlite_autoincrement=True,
    )


def _build_anew_what_finds_waiting_messages() -> None:
    """Let SQLite prefer the narrow index: of two that fit it takes the one that was made last."""
    if op.get_bind().dialect.name != "sqlite":
        return
    waiting = sa.text("kind = 'deliver' AND state IN ('pending', 'sending')")
    name = "ix_outbox_conversation_id"
    op.drop_index(name, "outbox")
    op.create_index(name, "outbox", ["conversation_id", "id"], sqlite_where=waiting)


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
