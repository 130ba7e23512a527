"""A worker may die around the sending of a mail: none is sent twice, and the log says so."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from bot.storage.database.engine import Database
from bot.storage.tables import outbox
from tests.environment import TOKEN
from tests.fake_graph import FakeGraph
from tests.mail_server import PostOffice, post
from tests.system.conftest import check_logs, mail_wishes
from tests.system.processes import System, installed, let_leases_end, until

__all__ = ["post"]  # for pytest to find
ADA = "ada@example.com"


@pytest.fixture
def mailing(
    tmp_path: Path, migrated_url: str, redis_url: str, fake_graph: FakeGraph, post: PostOffice
) -> Iterator[System]:
    """An installation that mails at once what is not seen."""
    wishes = {**mail_wishes(post), "CAPTURE_ENABLED": "false"}
    with installed(tmp_path, migrated_url, redis_url, fake_graph, **wishes) as system:
        yield system
    check_logs(system)


def write(system: System) -> dict[str, str]:
    """Let a visitor chat and give an address; returns what its browser shows from then on."""
    shown = {"Origin": f"http://127.0.0.1:{system.port}"}
    session = post_to(system, "/chat/session", {}, shown).json()
    shown["X-Chat-Ticket"] = session["ticket"]
    assert post_to(system, "/chat/messages", {"text": "Hello", "client_id": "1"}, shown).ok
    assert post_to(system, "/chat/email", {"email": ADA}, shown).ok
    return shown


def post_to(
    system: System, path: str, body: dict[str, Any], headers: dict[str, str]
) -> requests.Response:
    url = f"http://127.0.0.1:{system.port}{path}"
    return requests.post(url, json=body, headers=headers, timeout=10)


def answer(system: System, text: str) -> None:
    [talk] = system.api("/conversations")["conversations"]
    body = {"text": text, "client_id": text}
    assert system.post(f"/api/v1/conversations/{talk['id']}/messages", body).ok


def states(database: Database) -> list[str]:
    query = sa.select(outbox.c.state).where(outbox.c.kind == "follow_up").order_by(outbox.c.id)
    with database.read() as connection:
        return [row.state for row in connection.execute(query)]


def was_logged(system: System, words: str) -> bool:
    return any(words in line for line in system.log_lines())


@pytest.mark.parametrize(
    ("place", "end"),
    [
        ("mail.after_claim", (0, "unknown")),
        ("mail.before_follow_up", (0, "unknown")),
        ("mail.after_data", (1, "unknown")),
        ("mail.after_follow_up", (1, "unknown")),
        ("mail.after_settle", (1, "sent")),
    ],
)
def test_a_worker_dies_with_a_mail_in_its_hand(
    mailing: System, database: Database, post: PostOffice, place: str, end: tuple[int, str]
) -> None:
    times, state = end
    mailing.start("web", "clock")
    mailing.start("worker", FAILPOINT=place)
    write(mailing)
    answer(mailing, "first")
    mailing.wait_for_death("worker")
    until(lambda: len(post.mails) == times)

    let_leases_end(database)
    mailing.start("worker")
    until(lambda: states(database) == [state])
    answer(mailing, "second")
    until(lambda: len(post.mails) == times + 1)
    assert was_logged(mailing, f"mail {state}") or state == "sent"
    texts = [str(mail.get_body(("plain",))) for mail in post.mails]
    assert len([text for text in texts if "first" in text]) == times
    assert "second" in texts[-1]


def test_a_laptop_is_closed_and_the_answer_comes_by_mail_and_goes_back(
    mailing: System, post: PostOffice
) -> None:
    mailing.start("web", "worker", "clock")
    write(mailing)
    answer(mailing, "We open at nine")
    until(lambda: post.mails)
    text = str(post.mail.get_body(("plain",)))
    found = re.search(r"https?://\S+(/chat/return/[\w-]+)", text.replace("=\n", ""))
    assert found
    phone = requests.Session()
    url = f"http://127.0.0.1:{mailing.port}{found[1]}"
    origin = {"Origin": f"http://127.0.0.1:{mailing.port}"}
    assert phone.get(url, timeout=10).ok
    back = phone.post(url, headers=origin, timeout=10, allow_redirects=False)
    assert back.status_code == 303
    assert phone.post(url, headers=origin, timeout=10).status_code == 404
    cookie = back.headers["Set-Cookie"].partition(";")[0]
    frame = requests.get(
        f"http://127.0.0.1:{mailing.port}/chat/frame", headers={"Cookie": cookie}, timeout=10
    )
    assert "We open at nine" in frame.text

    mail = f"From: {ADA}\r\nTo: {post.mail['Reply-To']}\r\nMessage-ID: <1@x>\r\n\r\nThank you"
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    door = f"http://127.0.0.1:{mailing.port}/webhooks/email"
    assert requests.post(door, data=mail.encode(), headers=bearer, timeout=10).ok
    [talk] = mailing.api("/conversations")["conversations"]
    shown = mailing.api(f"/conversations/{talk['id']}/messages?after_seq=0")["messages"]
    assert shown[-1]["text"] == "Thank you"
    assert talk["contact_assurance"] == "verified"
