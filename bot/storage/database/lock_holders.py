"""Holders of the locks that a migration waits for, in words for an operator, without statements."""

import sqlalchemy as sa

_HOLDERS = sa.text("""
SELECT string_agg(DISTINCT c.relname, ', ' ORDER BY c.relname), a.pid,
       coalesce(nullif(a.application_name, ''), a.usename, '?'), a.state,
       round(extract(epoch FROM clock_timestamp() - a.xact_start))
FROM pg_locks l
JOIN pg_class c ON c.oid = l.relation AND c.relkind = 'r'
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database()
WHERE l.granted AND l.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL
GROUP BY a.pid, a.application_name, a.usename, a.state, a.xact_start
ORDER BY a.xact_start LIMIT 3
""")
_LONGEST = 60


def name_holders(connection: sa.Connection) -> str:
    """Name the oldest transactions that hold tables of ours; empty: none does any more."""
    found = connection.execute(_HOLDERS)
    return "; ".join(
        f"process {pid} ({name[:_LONGEST]}, {state}) has held {tables} for {seconds:.0f} s"
        for tables, pid, name, state, seconds in found
    )
