"""The main job, told from its beginning to its end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.environment import TOKEN
from tests.fake_graph import FakeGraph
from tests.letters import NO_VERDICT
from tests.letters import answer as answer_by_mail
from tests.mail_server import PostOffice, post
from tests.system.conftest import check_logs, mail_wishes
from tests.system.processes import PAGE, System, installed, until

__all__ = ["post"]  # for pytest to find

GUEST = "70010001"
MEMBER = "70010002"


def test_a_guest_writes_is_asked_answers_and_is_a_contact(system: System) -> None:
    system.start("web", "worker", "clock")

    referral = {
        "source": "CUSTOMER_CHAT_PLUGIN",
        "type": "OPEN_THREAD",
        "is_guest_user": True,
        "referer_uri": "https://shop.example/tents",
    }
    assert system.deliver(system.event(GUEST, referral=referral)).ok
    system.hear(GUEST, "Hello, is the zebra tent in stock?")

    conversation = system.conversation(GUEST)
    assert conversation["account"] == PAGE
    assert conversation["visitor"]["name"].startswith("Unknown visitor ")
    assert (conversation["visitor"]["unknown"], conversation["visitor"]["guest"]) == (True, True)
    assert conversation["contact"] is None
    assert conversation["capture"]["state"] == "scheduled"

    until(lambda: system.graph.sent_to(GUEST))
    [prompt] = [call for call in system.graph.accepted if call.recipient == GUEST]
    replies = [reply["content_type"] for reply in prompt.message["quick_replies"]]
    assert replies == ["user_email", "text"]
    until(lambda: system.capture_state(GUEST) == "asked")

    system.hear(GUEST, "you can write to grace@example.com")

    until(lambda: len(system.graph.sent_to(GUEST)) == 2)
    assert "grace@example.com" in system.graph.sent_to(GUEST)[1]
    conversation = system.conversation(GUEST)
    assert conversation["capture"]["state"] == "captured"
    assert conversation["contact"]["email"] == "grace@example.com"
    assert conversation["contact_assurance"] == "claimed"
    assert [contact["email"] for contact in system.api("/contacts")["contacts"]] == [
        "grace@example.com"
    ]

    assert system.reply(GUEST, "Yes, three of them.").status_code == 201
    until(lambda: system.graph.sent_to(GUEST)[2:] == ["Yes, three of them."])
    until(lambda: system.messages(GUEST)[-1]["delivery"]["state"] == "sent")


def test_an_agent_who_is_quick_silences_the_question(system: System) -> None:
    system.graph.names[MEMBER] = ("Maya", "Olsen")
    system.start("web", "worker", "clock")
    system.hear(MEMBER, "Hello")
    assert system.reply(MEMBER, "Hello Maya").ok
    until(lambda: system.graph.sent_to(MEMBER) == ["Hello Maya"])
    until(lambda: system.conversation(MEMBER)["visitor"]["name"] == "Maya Olsen")

    system.hear(MEMBER, "and another thing")
    until(lambda: len(system.graph.sent_to(MEMBER)) == 2)

    assert system.capture_state(MEMBER) == "asked"
    kinds = [message["kind"] for message in system.messages(MEMBER)]
    assert kinds == ["text", "text", "text", "capture_prompt"]


MAX, GRACE = "max@firm.example", "grace@example.com"


@pytest.fixture
def mailing(
    tmp_path: Path, migrated_url: str, redis_url: str, fake_graph: FakeGraph, post: PostOffice
) -> Iterator[System]:
    """An installation that mails at once what is not seen, and takes answers."""
    wishes = mail_wishes(post)
    with installed(tmp_path, migrated_url, redis_url, fake_graph, **wishes) as system:
        yield system
    check_logs(system)


class Chat:
    """A visitor's browser on a site, and what the API says of its conversation."""

    def __init__(self, system: System) -> None:
        self.system, self.origin = system, f"http://127.0.0.1:{system.port}"
        self.shown = {"Origin": self.origin}
        self.shown["X-Chat-Ticket"] = self._post("/chat/session", {}).json()["ticket"]

    def write(self, text: str) -> None:
        assert self._post("/chat/messages", {"text": text, "client_id": text}).status_code == 201

    def texts(self) -> list[str]:
        answer = requests.get(f"{self.origin}/chat/messages", headers=self.shown, timeout=10)
        return [message["text"] for message in answer.json()["messages"]]

    @property
    def talk(self) -> dict[str, Any]:
        [talk] = self.system.api("/conversations")["conversations"]
        return dict(talk)

    def contact(self) -> str | None:
        contact = self.talk["contact"]
        return contact["email"] if contact else None

    def for_the_team(self) -> list[dict[str, Any]]:
        path = f"/conversations/{self.talk['id']}/messages?after_seq=0"
        return list(self.system.api(path)["messages"])

    def answer(self, text: str) -> None:
        body = {"text": text, "client_id": text}
        path = f"/api/v1/conversations/{self.talk['id']}/messages"
        assert self.system.post(path, body).status_code == 201

    def _post(self, path: str, body: dict[str, Any]) -> requests.Response:
        return requests.post(self.origin + path, json=body, headers=self.shown, timeout=10)


def test_who_mentions_a_colleague_gives_the_own_address_and_answers_below_the_quote(
    mailing: System, post: PostOffice
) -> None:
    mailing.start("web", "worker", "clock")
    chat = Chat(mailing)
    chat.write("Hello, is the zebra tent in stock?")
    until(lambda: chat.talk["capture"]["state"] == "asked")

    chat.write(f"Is {MAX} still working for you? He promised me one")
    assert MAX in chat.texts()[-1]
    assert chat.contact() is None
    chat.write("No")
    assert chat.contact() is None
    assert chat.talk["capture"]["state"] == "asked"

    chat.write(f"my own email is {GRACE}, thanks")
    assert chat.contact() == GRACE
    emails = [contact["email"] for contact in mailing.api("/contacts")["contacts"]]
    assert emails == [GRACE]

    chat.answer("Yes, which size?")
    until(lambda: post.mails)
    assert post.mail["To"] == GRACE
    [mailed] = [
        part.get_content() for part in post.mail.walk() if part.get_content_subtype() == "plain"
    ]
    quoted = "".join(f"> {line}\n" for line in mailed.splitlines())
    text = f"On 01/12/2026 10:00, Northwind wrote:\n{quoted}\nSize M please, and in green"
    mail = answer_by_mail(
        post.mail["Reply-To"], text, sender="Grace <grace+tents@example.com>", verdict=NO_VERDICT
    )
    door, bearer = f"{chat.origin}/webhooks/email", {"Authorization": f"Bearer {TOKEN}"}
    assert requests.post(door, data=mail, headers=bearer, timeout=10).ok

    note = chat.for_the_team()[-1]
    assert note["kind"] == "note"
    assert "grace+tents@example.com" in note["text"]
    assert "Size M please, and in green" in note["text"]
    assert "which size?" not in note["text"]
    assert chat.talk["waiting_since"]
    assert chat.talk["contact_assurance"] == "claimed"
    assert not [text for text in chat.texts() if "Size M" in text]
