"""A server on this machine that takes what is sent to it, or behaves as badly as it is told."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Received:
    """One request, as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(eq=False)
class Target:
    """What it does, and what it has seen; any thread may look and change."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    behaviour: "Behaviour" = lambda wire: wire.answer(200)
    closing: threading.Event = field(default_factory=threading.Event)
    poured: int = 0

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


class Wire(BaseHTTPRequestHandler):
    """The means to answer one request."""

    protocol_version = "HTTP/1.1"
    target: Target

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        """Answer one byte after the other, for ever."""
        with suppress(OSError):
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000:
                self.wfile.write(bytes([byte]))
                if self.target.closing.wait(0.02):
                    return

    def pour(self) -> None:
        """Answer with a body that has no end."""
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
            while not self.target.closing.is_set():
                self.target.poured += self.connection.send(b"x" * 65536)

    def hang(self) -> None:
        """Take the request and never answer."""
        self.target.closing.wait(60)

    def handle_one_request(self) -> None:
        with suppress(OSError):  # the other side may hang up when it likes
            super().handle_one_request()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.target.received.append(Received(self.command, self.path, headers, body))
        self.close_connection = True
        self.target.behaviour(self)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_arguments: object) -> None:
        pass


Behaviour: TypeAlias = Callable[[Wire], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def handle_error(self, *_arguments: object) -> None:
        """A client that has hung up is none of a test's business."""


@contextmanager
def running_target(
    behaviour: Behaviour | None = None, context: ssl.SSLContext | None = None
) -> Iterator[Target]:
    """Serve on this machine only, until the block is left."""
    target = Target()
    if behaviour:
        target.behaviour = behaviour
    server = _Server(("127.0.0.1", 0), type("_Wire", (Wire,), {"target": target}))
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "https" if context else "http"
    target.url = f"{scheme}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield target
    finally:
        target.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def unused_port() -> int:
    """Name a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
