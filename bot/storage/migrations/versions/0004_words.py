r"""Find words in messages, names and emails

Revision: 0004, after 0003. On PostgreSQL only: SQLite looks at everything.

Each word is indexed with the number of its block of 262,144 rows, as "b7xtent": a search reads
block by block, the newest first. The list of what is not yet in its place in the index is short,
since each block that is read reads it again.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BREAKS = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u2bff\u3000-\u303f"
    r"\U0001f000-\U0001faff]+"
)
_NAMES = "coalesce(first_name, '') || ' ' || coalesce(last_name, '')"
_INDEXED = {"messages": "text", "visitors": _NAMES, "contacts": f"email || ' ' || {_NAMES}"}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, text in _INDEXED.items():
        marked = f"regexp_replace(' ' || {text}, '{_BREAKS}', ' b' || (id >> 18) || 'x', 'g')"
        op.get_bind().exec_driver_sql(
            f"CREATE INDEX ix_{table}_words ON {table} USING gin"
            f" ((to_tsvector('simple', {marked}))) WITH (gin_pending_list_limit = 256)"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _INDEXED:
            op.execute(f"DROP INDEX ix_{table}_words")
