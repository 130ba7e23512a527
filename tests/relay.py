"""Stands between us and PostgreSQL as a pooler does: sees how one connects, and may fall silent."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

import sqlalchemy as sa

_ENCRYPTION_REQUESTS = (80877103, 80877104)


@dataclass
class Relay:
    """Hands bytes on until it `hangs`; connections stay open then."""

    server: sa.URL
    listener: socket.socket
    startups: list[dict[str, str]] = field(default_factory=list)
    """What each client has said at first."""
    hangs: threading.Event = field(default_factory=threading.Event)
    _open: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        host, port = self.listener.getsockname()
        there = self.server.set(host=host, port=port, query={})
        return there.render_as_string(hide_password=False)

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self._open.append(client)
                threading.Thread(target=self._take, args=(client,), daemon=True).start()

    def close(self) -> None:
        self.listener.close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _take(self, client: socket.socket) -> None:
        with suppress(OSError):
            first = _read_startup(client)
            self.startups.append(_parameters(first))
            server = self._reach_server()
            server.sendall(first)
            threading.Thread(target=self._pump, args=(server, client), daemon=True).start()
            self._pump(client, server)

    def _reach_server(self) -> socket.socket:
        directory = str(self.server.query.get("host", ""))
        if directory.startswith("/"):
            there = socket.socket(socket.AF_UNIX)
            there.connect(f"{directory}/.s.PGSQL.{self.server.port or 5432}")
        else:
            there = socket.create_connection((self.server.host, self.server.port or 5432))
        self._open.append(there)
        return there

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                if self.hangs.is_set():
                    return
                sink.sendall(piece)


def _read_startup(client: socket.socket) -> bytes:
    while True:
        head = _read_exactly(client, 8)
        length, code = struct.unpack("!II", head)
        if code not in _ENCRYPTION_REQUESTS:
            return head + _read_exactly(client, length - 8)
        client.sendall(b"N")


def _read_exactly(client: socket.socket, count: int) -> bytes:
    return client.recv(count, socket.MSG_WAITALL)


def _parameters(startup: bytes) -> dict[str, str]:
    words = startup[8:].rstrip(b"\0").decode().split("\0")
    return dict(zip(words[::2], words[1::2], strict=True))


@contextmanager
def relaying(server: sa.URL) -> Iterator[Relay]:
    """Stand before a server until the block ends."""
    with ExitStack() as stack:
        relay = Relay(server, socket.create_server(("127.0.0.1", 0)))
        stack.callback(relay.close)
        threading.Thread(target=relay.serve, daemon=True).start()
        yield relay
