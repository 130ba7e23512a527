"""The database: is it there, of this code's schema and writable, and is its work done."""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.core.model import VisitorKey
from bot.desk.exposure import LATELY
from bot.findings import Finding, attention, broken, ok
from bot.ops.check.keeping import check_keeping
from bot.ports.errors import UnavailableError
from bot.runtime.data_dir import find_hindrance
from bot.storage.database.causes import explain
from bot.storage.database.engine import Database, normalise
from bot.storage.database.proof import prove_writable
from bot.storage.database.transactions import retry_races
from bot.storage.forgetting.erasing_steps import count_unfinished
from bot.storage.migrate import Schema, find_schema
from bot.storage.operations.checkup import find_newest_visitor
from bot.storage.operations.sightings import Sighting, list_sightings
from bot.storage.outbox.accounts import Account, list_accounts
from bot.storage.outbox.metrics import OutboxMetrics, read_metrics
from bot.storage.outbox.rows import OutboxState
from bot.storage.outbox.stops import Stop, list_stops
from bot.storage.team.agents import StoredAgent, list_agents
from bot.storage.team.webhook_endpoints import Endpoint, list_deliveries, list_endpoints
from bot.wiring.settings import kinds_of
from config.settings import Settings

_LATE = 60  # seconds
_SUBJECT = "database"
_HOW_TO_WRITE_IT = (
    "It looks like postgresql://user:password@host:5432/name;"
    " what is special in a password is written as %XX."
)


@dataclass(slots=True)
class Records:
    """Facts from the database for later checks; none while it can't be read."""

    agents: Sequence[StoredAgent] | None = None
    accounts: Sequence[Account] = ()
    visitors: Sequence[VisitorKey] | None = ()
    """The newest visitor of each account with profiles; None: nobody is to be asked for."""
    stops: Sequence[Stop] = ()
    """The stops of accounts, of pages as of mail and programs."""
    sightings: Sequence[Sighting] = ()
    """What web processes saw lately of the way that requests take."""
    programs: Sequence[Endpoint] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    """Why a program did not take what it was sent last."""


def check_database(settings: Settings, records: Records, now: datetime) -> Iterator[Finding]:
    """Look at the database, and keep for later checks what they ask of it."""
    try:
        url = normalise(settings.database)
        if url.get_backend_name() == "sqlite" and not os.path.isfile(url.database or ""):  # noqa: PTH113 - Path's raises where it may not look
            yield _find_out_why(Path(url.database or ""))
            return
        database = Database(settings.database)
    except (SQLAlchemyError, ValueError):
        yield broken(_SUBJECT, "DATABASE_URL is no URL of a database.", _HOW_TO_WRITE_IT)
        return
    with closing(database):
        try:
            yield from _check(database, settings, records, now)
        except SQLAlchemyError as error:
            words = f"It can't be reached: {explain(error, database.url.password).rstrip('.')}."
            yield broken(_SUBJECT, words, _where(database))


def _find_out_why(missing: Path) -> Finding:
    if hindrance := find_hindrance(missing.parent):
        words = f"There is none, and none can be made in its folder: {hindrance}."
        return broken(_SUBJECT, words, "DATA_DIR names the folder, or DATABASE_URL the file.")
    return attention(_SUBJECT, "There is none yet.", "./run makes it, or ./run migrate.")


def _check(
    database: Database, settings: Settings, records: Records, now: datetime
) -> Iterator[Finding]:
    with database.read() as connection:
        schema = find_schema(connection)
    if not schema.is_served:
        yield broken(_SUBJECT, schema.value)
        return
    if hindrance := _find_hindrance(settings):
        words = f"It can be read but not written to: {hindrance}."
        yield broken(_SUBJECT, words, _what_hinders(database))
        return
    if schema is Schema.NEWER:
        yield attention(_SUBJECT, schema.value, "Update the code when you can.")
    else:
        yield ok(_SUBJECT, "It is reachable, up to date and writable.")
    with database.read() as connection:
        _read(connection, settings, records)
        records.sightings = list_sightings(connection, now - LATELY)
        figures = read_metrics(connection, now)
        unfinished = count_unfinished(connection)
    yield from _check_figures(figures)
    yield from check_keeping(unfinished, now)


def _find_hindrance(settings: Settings) -> str | None:
    """Write as intake does, by a connection of its kind; give the server's words if that fails."""
    with closing(Database(settings.database, pool_size=1, by_key_only=True)) as writer:
        writer.outage.level = logging.DEBUG  # the finding says it
        try:
            retry_races(writer, prove_writable)
        except UnavailableError as error:
            return str(error)
        except SQLAlchemyError as error:
            return explain(error, writer.url.password)
    return None


def _read(connection: sa.Connection, settings: Settings, records: Records) -> None:
    records.agents = list_agents(connection)
    records.accounts = list_accounts(connection)
    records.stops = list_stops(connection)
    records.programs = list_endpoints(connection)
    records.failures = {
        program.target: last.reason
        for program in records.programs
        for last in list_deliveries(connection, program, 1)
        if last.reason and last.state is not OutboxState.SENT
    }
    known = (
        find_newest_visitor(connection, kind.variables.facts.name, account)
        for kind in kinds_of(settings)
        for account in kind.accounts(settings)
    )
    records.visitors = [place for place in known if place]


def _check_figures(figures: OutboxMetrics) -> Iterator[Finding]:
    if figures.oldest_due_seconds > _LATE:
        minutes = round(figures.oldest_due_seconds / 60)
        yield attention(
            "work",
            f"Something that is due has waited for {minutes} minutes.",
            "Do a worker and the clock run?",
        )
    if figures.dead_letters:
        yield attention(
            "dead letters",
            f"{figures.dead_letters} could not be understood or stored.",
            "./run dead-letters lists them.",
        )


def _where(database: Database) -> str:
    if database.is_postgresql:
        return "Does PostgreSQL run there, and do name and password in DATABASE_URL fit?"
    return "Is the file a database of ours, and may we read it?"


def _what_hinders(database: Database) -> str:
    if database.is_postgresql:
        return "Is it a replica, or may this user only read?"
    return "Is the disk full, or the file another user's?"
