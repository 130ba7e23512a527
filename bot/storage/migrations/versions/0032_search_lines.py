r"""Find messages, visitors and contacts by their folded texts

Revision: 0032, after 0031. The lines of older rows are written by a worker, in small steps.

On PostgreSQL each word is indexed with the number of its block of 262,144 rows, as before, but as
it is: a parser would not know where words of every script begin and end.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
additive = True

_BREAKS = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u2bff\u3000-\u303f"
    r"\U0001f000-\U0001faff]+"
)
_WORDS = (
    rf"array_to_tsvector(string_to_array(ltrim(regexp_replace(' ' || search_line, '{_BREAKS}',"
    r" ' b' || (id >> 18) || 'x', 'g')), ' '))"
)
_HAS_NONE = sa.text("search_line IS NULL")


def upgrade() -> None:
    for table in ("messages", "visitors", "contacts"):
        op.add_column(table, sa.Column("search_line", sa.Text()))
        op.create_index(
            f"ix_{table}_without_search_line",
            table,
            ["id"],
            postgresql_where=_HAS_NONE,
            sqlite_where=_HAS_NONE,
        )
        if op.get_bind().dialect.name == "postgresql":
            op.get_bind().exec_driver_sql(
                f"CREATE INDEX ix_{table}_search_words ON {table} USING gin (({_WORDS}))"
                " WITH (gin_pending_list_limit = 256) WHERE search_line IS NOT NULL"
            )
