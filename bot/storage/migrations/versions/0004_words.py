"""Find words in messages, names and emails

Revision: 0004, after 0003. On PostgreSQL only: SQLite looks at everything.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INDEXES = {
    "messages": "to_tsvector('simple', translate(text, '@.-_/:+', '       '))",
    "visitors": "to_tsvector('simple', coalesce(first_name, '') || ' ' || coalesce(last_name, ''))",
    "contacts": "to_tsvector('simple', translate(email, '@.-_/:+', '       ') || ' ' ||"
    " coalesce(first_name, '') || ' ' || coalesce(last_name, ''))",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, words in _INDEXES.items():
            op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (({words}))")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _INDEXES:
            op.execute(f"DROP INDEX ix_{table}_words")
