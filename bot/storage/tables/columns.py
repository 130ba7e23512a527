"""Column types that SQLite and PostgreSQL share."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcTime(TypeDecorator[datetime]):
    """An aware moment. SQLite keeps ISO text of one width: its order is that of time."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the engine's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """Refuse naive moments and store UTC."""
        if value is None or dialect.name == "postgresql":
            return value
        return time_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 - the base class's signature
        """Hand out UTC."""
        return None if value is None else parse_time(value)


class JsonText(TypeDecorator[Any]):
    """A JSON document that no statement looks into."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002 - as above
        """Write the document."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 - as above
        """Read it back; what is none is given as it stands, so that no other row suffers."""
        try:
            return None if value is None else json.loads(value)
        except (ValueError, RecursionError):
            return value


@lru_cache(maxsize=4096)  # the same few moments stand in every row of a batch
def time_text(moment: datetime) -> str:
    """Write a moment as UTC text of one width, which PostgreSQL reads as well."""
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            msg = "a moment without a time zone can't be stored"
            raise ValueError(msg)
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")


def parse_time(value: str | datetime) -> datetime:
    """Read a moment that a driver hands out raw."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def table(name: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    """Describe a table whose rows are numbered."""
    # sqlite_autoincrement: the id of an erased row is never given to another one
    key = sa.Column("id", Id, primary_key=True, autoincrement=True)
    return sa.Table(name, metadata, key, *columns, sqlite_autoincrement=True)


def reference(table: str) -> sa.ForeignKey:
    """Point to a row that must be there; it can't go before this one does."""
    return sa.ForeignKey(f"{table}.id")


def belonging(table: str) -> sa.ForeignKey:
    """Point to the row that this one goes with."""
    return sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
