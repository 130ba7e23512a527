"""What each revision says of itself is true: on what only adds, older code goes on working."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory

from bot.storage import migrations
from bot.storage.database.engine import Database

_FIRST_MARKED = "0009"
_Table: TypeAlias = dict[str, Any]  # columns by name, and rules
_Tables: TypeAlias = dict[str, _Table]


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])))
    config.attributes["connection"] = connection
    return config


def _marked_revisions() -> list[Script]:
    scripts = ScriptDirectory.from_config(_config())
    return list(scripts.iterate_revisions("head", _FIRST_MARKED, inclusive=True))[::-1]


def _describe(connection: sa.Connection) -> _Tables:
    inspector = sa.inspect(connection)
    return {
        name: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(name)
            },
            "rules": set(_rules(inspector, name)),
        }
        for name in inspector.get_table_names()
    }


def _rules(inspector: sa.Inspector, table: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key in inspector.get_unique_constraints(table):
        yield "unique", tuple(key["column_names"])
    for index in inspector.get_indexes(table):
        if index["unique"]:
            yield "unique", tuple(map(str, index["column_names"]))
    for reference in inspector.get_foreign_keys(table):
        yield "reference", tuple(reference["constrained_columns"])
    for check in inspector.get_check_constraints(table):
        yield "check", (check["sqltext"],)


def _harms(before: _Tables, after: _Tables) -> Iterator[str]:
    for name, table in before.items():
        if name not in after:
            yield f"{name} is gone"
            continue
        yield from (f"{name}.{harm}" for harm in _harms_of_table(table, after[name]))


def _harms_of_table(before: _Table, after: _Table) -> Iterator[str]:
    known, columns = before["columns"], after["columns"]
    yield from (f"{one} is changed" for one in known if columns.get(one) != known[one])
    for one in columns.keys() - known.keys():
        _, nullable, default = columns[one]
        if not nullable and default is None:
            yield f"{one} must be given"
    yield from (f"{rule} is gone" for rule in before["rules"] - after["rules"])
    for kind, names in after["rules"] - before["rules"]:
        if kind == "check" or set(names) <= known.keys():
            yield f"{kind} {names} is new"


def test_every_revision_says_whether_it_only_adds() -> None:
    assert all("additive" in vars(script.module) for script in _marked_revisions())


def test_what_is_said_to_add_takes_nothing_away_and_asks_for_nothing(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as connection:
        command.upgrade(_config(connection), "0008")
        for script in _marked_revisions():
            before = _describe(connection)
            command.upgrade(_config(connection), script.revision)
            if script.module.additive:
                assert list(_harms(before, _describe(connection))) == [], script.revision
    database.close()


@pytest.mark.parametrize(
    ("change", "harm"),
    [
        (lambda op: op.drop_table("visits"), "visits is gone"),
        (lambda op: op.drop_column("visits", "title"), "visits.title is changed"),
        (lambda op: op.add_column("visits", sa.Column("may", sa.Text)), None),
        (
            lambda op: op.add_column(
                "visits", sa.Column("is", sa.Text, nullable=False, server_default="")
            ),
            None,
        ),
        (
            lambda op: op.create_index("new", "visits", ["page"], unique=True),
            "visits.unique ('page',) is new",
        ),
        (lambda op: op.create_index("new", "visits", ["page"]), None),
    ],
)
def test_such_a_harm_would_be_seen(
    own_database: Database, change: Callable[[Operations], object], harm: str | None
) -> None:
    with own_database.write() as connection:
        before = _describe(connection)
        change(Operations(MigrationContext.configure(connection)))
        assert list(_harms(before, _describe(connection))) == ([harm] if harm else [])


def test_a_key_that_is_gone_would_be_seen() -> None:
    keyed: _Tables = {"visits": {"columns": {}, "rules": {("unique", ("page",))}}}
    free: _Tables = {"visits": {"columns": {}, "rules": set()}}
    assert list(_harms(keyed, free)) == ["visits.('unique', ('page',)) is gone"]
