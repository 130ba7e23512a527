"""What is stopped and works again: all that waited leaves, nothing twice, one alarm and one end."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.storage.database.engine import Database
from bot.storage.tables import accounts, outbox
from tests.factories import NOON
from tests.fake_graph import FakeGraph
from tests.imap_server import FakeMailbox, running_mailbox
from tests.letters import answer
from tests.mail_server import PostOffice, post
from tests.system.conftest import check_logs
from tests.system.processes import APP, TOKEN, System, installed, until
from tests.system.test_mails import answer as reply_in_chat
from tests.system.test_mails import states, write
from tests.targets import Target, running_target

__all__ = ["post"]  # for pytest to find
SOON = timedelta(seconds=6)
"""A second until a look is seen to be due, and five until all that waited has left."""
HEARD: dict[str, object] = {"id": APP, "subscribed_fields": ["messages"]}


@pytest.fixture
def team() -> Iterator[Target]:
    with running_target() as team:
        yield team


@pytest.fixture
def box() -> Iterator[FakeMailbox]:
    with running_mailbox() as box:
        yield box


@pytest.fixture
def ways(post: PostOffice, box: FakeMailbox, team: Target) -> dict[str, str]:
    """Every way out and in."""
    return {
        "SMTP_URL": post.url,
        "INBOUND_IMAP_URL": f"imap://ann:hush@127.0.0.1:{box.port}",
        "NOTIFY_URLS": f"json://127.0.0.1:{team.port}",
    }


@pytest.fixture
def told_of(
    tmp_path: Path,
    migrated_url: str,
    redis_url: str,
    fake_graph: FakeGraph,
    ways: dict[str, str],
) -> Iterator[System]:
    """An installation whose team is told of stops."""
    fake_graph.subscriptions = [HEARD]
    wishes = {
        **ways,
        "CAPTURE_ENABLED": "false",
        "EMAIL_FROM": "Northwind <chat@shop.example>",
        "FOLLOW_UP_DELAY_SECONDS": "0",
        "INBOUND_EMAIL_ADDRESS": "reply@shop.example",
        "NOTIFY_WAITING_SECONDS": "600",
        "DEMO": "true",
    }
    with installed(tmp_path, migrated_url, redis_url, fake_graph, **wishes) as system:
        system.start("web", "worker", "clock")
        yield system
    check_logs(system)


def alarms(team: Target) -> list[str]:
    titles = [json.loads(one.body)["title"] for one in team.received]
    return [title for title in titles if title.startswith(("Stopped", "Works again"))]


def look_now(database: Database) -> None:
    """Let the minutes pass until the next look, and until whoever is left alone is tried."""
    with database.write() as connection:
        waits = (outbox.c.state == "pending", outbox.c.kind.in_(["look", "read_mailbox"]))
        connection.execute(sa.update(outbox).where(*waits).values(due_at=NOON))
        closed = accounts.c.state.in_(["paused", "probing"])
        connection.execute(sa.update(accounts).where(closed).values(until=NOON))


def check(system: System) -> str:
    """Let an operator check the installation."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check"],
        env=system.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_a_token_is_dead_and_good_again(
    told_of: System, database: Database, fake_graph: FakeGraph, team: Target
) -> None:
    def start_a_worker() -> None:
        told_of.end("worker")
        told_of.start("worker")

    for sender in ("7001", "7002"):
        told_of.hear(sender)
    until(lambda: len(team.received) == 2)

    def check_it() -> None:
        assert "Stopped since" in check(told_of)

    finders: list[Callable[[], None]] = [lambda: look_now(database), start_a_worker, check_it]
    for number, what_finds_it in enumerate(finders):
        text = f"zebra {number}"
        fake_graph.dead_tokens.add(TOKEN)
        for sender in ("7001", "7002"):
            assert told_of.reply(sender, text).ok
        until(lambda: len(alarms(team)) == 2 * number + 1)  # noqa: B023 - asked at once
        waiting = told_of.messages("7001")[-1]["delivery"]
        assert waiting["state"] == "pending"
        assert "access token" in waiting["error"]
        fake_graph.dead_tokens.clear()
        what_finds_it()
        everything = [f"zebra {each}" for each in range(number + 1)]
        until(lambda: fake_graph.sent_to("7001") == everything, SOON)  # noqa: B023 - as above
        until(lambda: fake_graph.sent_to("7002") == everything, SOON)  # noqa: B023 - as above
        until(lambda: len(alarms(team)) == 2 * number + 2)  # noqa: B023 - as above
    assert len({title.partition(": ")[2] for title in alarms(team)}) == 1
    assert "“" in alarms(team)[0]


def test_a_mail_server_refuses_us_and_takes_us_again(
    told_of: System, database: Database, post: PostOffice, team: Target
) -> None:
    write(told_of)
    post.answers["rcpt"] = "553 5.7.1 Sender address rejected: not owned by user"
    reply_in_chat(told_of, "We open at nine")
    until(lambda: len(alarms(team)) == 1)
    assert states(database) == ["pending"]
    said = [json.loads(one.body)["message"] for one in team.received]
    assert any("553 5.7.1 Sender address rejected" in words for words in said)
    post.answers.clear()
    look_now(database)
    until(lambda: len(post.mails) == 1, SOON)
    until(lambda: len(alarms(team)) == 2)
    assert alarms(team) == [
        "Stopped: the mail server (SMTP_URL)",
        "Works again: the mail server (SMTP_URL)",
    ]
    assert states(database) == ["sent"]
    assert len(post.mails) == 1


def test_a_mailbox_is_away_and_back(
    told_of: System, database: Database, box: FakeMailbox, team: Target
) -> None:
    until(lambda: box.logins)
    box.login_refusal = "[UNAVAILABLE] Not now"

    def is_told() -> bool:
        look_now(database)
        return bool(alarms(team))

    until(is_told)
    box.put(answer(f"reply+{1:032x}@shop.example"))
    box.login_refusal = ""
    look_now(database)
    until(lambda: box.seen == {1}, SOON)
    until(lambda: len(alarms(team)) == 2)
    assert alarms(team) == [
        "Stopped: the mailbox (INBOUND_IMAP_URL)",
        "Works again: the mailbox (INBOUND_IMAP_URL)",
    ]
