"""A Graph API of our own on a real socket, which behaves as badly as it is told.

How a call goes is chosen by its recipient (or by the id whose profile is read): `SENDS` and
`PROFILES` in `graph_behaviours` know the names; any other id is an ordinary person. A test may
set `fake.answers[id]` to any behaviour, or to `in_turn(...)` several. `python -m tests.fake_graph
PORT` serves until it is interrupted.
"""

import hashlib
import hmac
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from tests.graph_behaviours import PROFILES, SENDS, Behaviour, accept, answer, refuse
from tests.graph_wire import Call, GraphServer


@dataclass(eq=False)
class FakeGraph:
    """What the fake does, and what it has seen. Any thread may look and change."""

    app_secret: str | None = None
    """Of which every call must carry the proof, if there is one."""
    delay: float = 5.0
    """How slow the slow ones are."""
    url: str = ""
    requests: list[Call] = field(default_factory=list)
    accepted: list[Call] = field(default_factory=list)
    """Messages that a person has received, also those whose answer was lost."""
    answers: dict[str, Behaviour] = field(default_factory=dict)
    dead_tokens: set[str] = field(default_factory=set)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    """First and last names by id; other people are called Peter Chang."""
    page_scoped: dict[tuple[str, str], str] = field(default_factory=dict)
    """Who somebody (app-scoped id) is to a page (its id)."""
    subscriptions: list[dict[str, object]] = field(default_factory=list)
    scopes: list[str] = field(default_factory=lambda: ["pages_messaging", "pages_manage_metadata"])
    poured: int = 0
    closing: threading.Event = field(default_factory=threading.Event)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def times(self, metadata: str) -> int:
        """Count how often a message of ours reached somebody: at most once, it should be."""
        with self._changed:
            return Counter(call.metadata for call in self.accepted)[metadata]

    def sent_to(self, recipient: str) -> list[str]:
        """The texts that somebody received, in order."""
        with self._changed:
            return [call.message["text"] for call in self.accepted if call.recipient == recipient]

    def wait_for(self, condition: Callable[["FakeGraph"], bool], seconds: float = 10) -> bool:
        """Wait until it holds, looking after each call; say whether it came to that."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self), seconds)

    def accept(self, call: Call) -> dict[str, str]:
        with self._changed:
            self.accepted.append(call)
            key = f"m_{len(self.accepted)}"
            self._changed.notify_all()
        who = {"recipient_id": call.recipient} if not call.recipient.startswith("user_ref:") else {}
        return who | {"message_id": key}

    def behaviour(self, call: Call) -> Behaviour:
        """Note a call, and say how it goes."""
        with self._changed:
            self.requests.append(call)
            self._changed.notify_all()
        return self._behaviour(call)

    def _behaviour(self, call: Call) -> Behaviour:
        if call.token in self.dead_tokens or not call.token:
            text = f"Invalid OAuth access token {call.token}"  # as leaky as can be
            return refuse(190, status=401, message=text)
        if self.app_secret and call.proof != _proof(self.app_secret, call.token):
            text = "API calls from the server require an appsecret_proof argument"
            return refuse(100, message=text, type="GraphMethodException")
        return self._send(call) if call.method == "POST" else self._tell(call)

    def _send(self, call: Call) -> Behaviour:
        if not call.recipient:
            return refuse(100, message="(#100) Param recipient must be a JSON object")
        if len(call.message.get("text", "")) >= 2000:
            return SENDS["BUG"]
        ordinary = SENDS.get(call.recipient, accept)
        return self.answers.get(call.recipient, ordinary)

    def _tell(self, call: Call) -> Behaviour:
        if call.node in self.answers:
            return self.answers[call.node]
        if call.edge or call.node in {"me", "debug_token"}:
            return answer(self._facts(call))
        first, last = self.names.get(call.node, ("Peter", "Chang"))
        ordinary = answer({"id": call.node, "first_name": first, "last_name": last})
        return PROFILES.get(call.node, ordinary)

    def _facts(self, call: Call) -> dict[str, object]:
        match call.node, call.edge:
            case "me", "":
                return {"id": "1234", "name": "A page"}
            case "debug_token", "":
                return {"data": self._token_facts(call.query["input_token"])}
            case _, "subscribed_apps":
                return {"data": self.subscriptions}
            case who, "ids_for_pages":
                page = call.query["page"]
                known = self.page_scoped.get((who, page))
                return {"data": [{"id": known, "page": {"id": page}}] if known else []}
            case _:
                return {}

    def _token_facts(self, token: str) -> dict[str, object]:
        if token in self.dead_tokens:
            return {"is_valid": False, "scopes": [], "error": {"code": 190, "message": "Expired"}}
        return {
            "app_id": "777",
            "type": "PAGE",
            "profile_id": "1234",
            "is_valid": True,
            "expires_at": 0,
            "scopes": self.scopes,
        }


@contextmanager
def running_fake_graph(fake: FakeGraph | None = None, port: int = 0) -> Iterator[FakeGraph]:
    """Serve on this machine only, until the block is left."""
    fake = fake or FakeGraph()
    server = GraphServer(fake, port)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()


@pytest.fixture
def fake_graph() -> Iterator[FakeGraph]:
    """A fake Graph of this test's own."""
    with running_fake_graph() as fake:
        yield fake


def _proof(secret: str, token: str) -> str:
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt), running_fake_graph(port=int(sys.argv[1])) as serving:
        print(serving.url, flush=True)  # noqa: T201 (whoever started it reads the address)
        serving.closing.wait()
