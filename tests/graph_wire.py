"""The wire of the fake Graph: requests as they come, and answers byte by byte."""

import json
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:  # it imports us
    from tests.fake_graph import FakeGraph

# As socketserver types it, which serves datagrams too.
_Connection: TypeAlias = Any

JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as it came."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: dict[str, str]
    peer: int
    """The port it came from: the same one, if a connection was used again."""

    @property
    def token(self) -> str:
        return self.form.get("access_token") or self.query.get("access_token", "")

    @property
    def proof(self) -> str | None:
        return self.form.get("appsecret_proof") or self.query.get("appsecret_proof")

    @property
    def node(self) -> str:
        """The id in the path: `/v25.0/<node>/messages`."""
        return unquote(self.path.split("/")[2])

    @property
    def edge(self) -> str:
        return "/".join(self.path.split("/")[3:])

    @property
    def recipient(self) -> str:
        """The id or reference that a message is for; empty if there is no JSON to say so."""
        to = _parsed(self.form.get("recipient"))
        return str(to.get("id") or f"user_ref:{to.get('user_ref')}") if to else ""

    @property
    def message(self) -> dict[str, Any]:
        return _parsed(self.form.get("message"))

    @property
    def metadata(self) -> str:
        return str(self.message.get("metadata", ""))


@dataclass(slots=True)
class Exchange:
    """A call and the means to answer it."""

    call: Call
    fake: "FakeGraph"
    handler: "_Handler"

    def reply(
        self,
        body: object,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        content_type: str | None = JSON,
    ) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = {"Content-Length": str(len(raw)), **(headers or {})}
        if content_type:
            lines["Content-Type"] = content_type
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.write(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + raw)

    def write(self, raw: bytes) -> None:
        self.handler.wfile.write(raw)

    def hang_up(self) -> None:
        self.handler.close_connection = True

    def pause(self, seconds: float) -> bool:
        """Wait, and say whether the fake still stands."""
        return not self.fake.closing.wait(seconds)

    def accept(self) -> dict[str, str]:
        """Deliver the message; the answer says so, if it ever arrives."""
        return self.fake.accept(self.call)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "GraphServer"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _handle(self) -> None:
        target = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        call = Call(
            method=self.command,
            path=target.path,
            query=dict(parse_qsl(target.query)),
            form=dict(parse_qsl(body)),
            headers=dict(self.headers.items()),
            peer=self.client_address[1],
        )
        self.server.fake.behaviour(call)(Exchange(call, self.server.fake, self))


class GraphServer(ThreadingHTTPServer):
    """Ends with nothing left open: it hangs up on whoever is still there, and waits."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, fake: "FakeGraph", port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.fake = fake
        self._open: set[socket.socket] = set()

    def process_request(self, request: _Connection, client_address: object) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: _Connection) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: _Connection, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it went by itself


def _parsed(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
