"""A check by a worker: what it finds stands in the database, and no profile is asked for."""

import json

from bot.core.arrivals import Arrival
from bot.core.events import VisitorWrote
from bot.core.model import VisitorKey
from bot.intake.record import record
from bot.ops.check.keep import keep_findings
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read
from bot.storage.operations.checkup import Checkup, find_checkup
from config.rules import CaptureRules
from tests.environment import SetUp
from tests.factories import NOON
from tests.fake_graph import FakeGraph

PAGE = "1001"
ANN = VisitorKey("messenger", PAGE, "7001002003004005")


def look(set_up: SetUp, database: Database, **environment: str) -> Checkup:
    plain = database.url.set(drivername=database.url.get_backend_name())
    url = plain.render_as_string(hide_password=False)
    keep_findings(set_up(database_url=url, **environment), NOON)
    found = read(database, find_checkup)
    assert found
    return found


def test_what_was_found_is_kept_until_the_next_time(set_up: SetUp, database: Database) -> None:
    first = look(set_up, database)
    assert first.at == NOON
    said = {(one.state, one.subject): one.words for one in first.findings}
    assert said["ok", "database"] == "It is reachable, up to date and writable."
    again = look(set_up, database, capture_enabled="false")
    said = {(one.state, one.subject): one.words for one in again.findings}
    assert "Nobody is asked" in said["needs attention", "capture"]


def test_a_page_is_looked_at_but_no_visitors_profile(
    set_up: SetUp, database: Database, fake_graph: FakeGraph
) -> None:
    with database.write() as connection:
        arrival = Arrival(ANN, VisitorWrote("Hello", NOON, NOON), "m1", b"raw")
        record(connection, [arrival], CaptureRules(), NOON).save()
    found = look(
        set_up,
        database,
        messenger_app_secret="a secret",  # noqa: S106 - nobody's
        messenger_verify_token="a verify token",  # noqa: S106 - nobody's
        messenger_app_id="2002",
        messenger_pages=json.dumps({PAGE: "a token"}),
        messenger_graph_url=fake_graph.url,
    )
    assert any(one.subject == f"page {PAGE}" for one in found.findings)
    assert fake_graph.requests
    assert ANN.external_id not in [call.node for call in fake_graph.requests]
