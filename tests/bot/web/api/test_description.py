"""The API does what its description says, with data that fits it and data that does not."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from aiohttp import web
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi import checks

from bot.desk import Desk
from bot.desk.types import API, Person, Words
from bot.storage.database.engine import Database
from bot.storage.visitors.message_rows import AUTOMATIC_MAIL, BY_MAIL, OTHER_APP
from bot.web.api import OPERATIONS, PREFIX, add_api, shapes
from bot.web.api.openapi import describe
from tests.bot.web.api.calls import AUTHORIZED, TOKEN
from tests.fakes import QuietDoorbell
from tests.office import ANN, BEN, Office

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
EXAMPLES = 10
DESCRIPTION = schemathesis.openapi.from_dict(describe(OPERATIONS, PREFIX))


@dataclass(frozen=True)
class Served:
    """A running server, and what is there."""

    url: str
    ids: dict[str, list[int]]


@pytest.fixture(scope="module")
def served(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("served") / "whosthere.db"
    path.write_bytes(migrated_file.read_bytes())
    database = Database(f"sqlite:///{path}")
    office = Office(database)
    desk = Desk(database, lambda: office.rules, QuietDoorbell(), lambda: office.now)
    ids = _fill(office, desk)
    with _serving(desk) as url:
        yield Served(url, ids)
    database.close()


def _fill(office: Office, desk: Desk) -> dict[str, list[int]]:
    for place in (ANN, BEN):
        office.write("Hello", place)
        office.write("Is 50% of it left?", place)
    office.work()
    conversations = [row["id"] for row in office.rows("conversations")]
    desk.associate_person(conversations[0], Person("ada@example.com", "Ada"), API)
    desk.note(conversations[0], Words("Our own", "c1"), API)
    desk.reply(conversations[0], Words("Yes", "c2"), API)
    contacts = [row["id"] for row in office.rows("contacts")]
    return {"conversations": conversations, "contacts": contacts}


@contextmanager
def _serving(desk: Desk) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    app = web.Application()
    add_api(app, desk, [TOKEN])
    runner = web.AppRunner(app)

    async def start() -> int:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return int(runner.addresses[0][1])

    with ThreadPoolExecutor(1) as pool:
        port = loop.run_until_complete(start())
        running = pool.submit(loop.run_forever)
        try:
            yield f"http://127.0.0.1:{port}{PREFIX}"
        finally:
            loop.call_soon_threadsafe(loop.stop)
            running.result(10)
            loop.run_until_complete(runner.cleanup())
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("operation", [f"{one.method} {one.path}" for one in OPERATIONS])
def test_every_answer_is_described(served: Served, operation: str, mode: GenerationMode) -> None:
    method, path = operation.split()
    described = DESCRIPTION[path][method]
    known: dict[str, Any] = {"id": served.ids[path.split("/")[1]][0]} if "{id}" in path else {}
    if mode is GenerationMode.NEGATIVE and not list(described.iter_parameters()) + list(
        described.body
    ):
        pytest.skip("there is nothing to get wrong")
    cases = described.as_strategy(generation_mode=mode)
    if known:
        cases = st.one_of(cases, described.as_strategy(generation_mode=mode, path_parameters=known))

    @seed(0)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def run(case: Case[Any]) -> None:
        case.call_and_validate(base_url=served.url, headers=AUTHORIZED, checks=CHECKS)

    run()


def test_every_operation_is_described() -> None:
    described = {
        (method.upper(), path)
        for path, methods in describe(OPERATIONS, PREFIX)["paths"].items()
        for method in methods
    }
    assert described == {(one.method, one.path) for one in OPERATIONS}


def test_every_origin_of_a_message_may_be_told() -> None:
    told = str(shapes.Message.model_fields["origin"].annotation)
    assert [one for one in (OTHER_APP, BY_MAIL, AUTOMATIC_MAIL) if f"'{one}'" not in told] == []
