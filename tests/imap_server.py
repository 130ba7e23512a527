"""A mailbox of our own on the wire: as much of IMAP as fetching what is unread needs."""

import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.mail.imap import Mailbox


@dataclass
class FakeMailbox:
    """Mails by their numbers, and which of them are read."""

    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    password: str = "hush"  # noqa: S105 - of tests only
    folder: str = "INBOX"
    folders: set[str] = field(default_factory=lambda: {"INBOX"})
    login_refusal: str = ""
    """What it says to everybody who logs in."""
    logins: int = 0
    port: int = 0
    on_fetch: Callable[[], object] = lambda: None

    def put(self, raw: bytes) -> int:
        number = max(self.mails, default=0) + 1
        self.mails[number] = raw
        return number

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox.read(f"imap://ann:{self.password}@127.0.0.1:{self.port}/{self.folder}")


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.box: FakeMailbox = self.server.box  # type: ignore[attr-defined] # set below
        self._say(b"* OK ready")
        for line in self.rfile:
            tag, _, command = line.strip().decode(errors="replace").partition(" ")
            self._obey(tag, command)
            if command.upper() == "LOGOUT":
                return

    def _obey(self, tag: str, command: str) -> None:
        words = command.split(" ")
        match words[0].upper(), words[1:]:
            case "CAPABILITY", _:
                self._say(b"* CAPABILITY IMAP4rev1")
            case "LOGIN", [user, password]:
                self.box.logins += 1
                if self.box.login_refusal:
                    self._say(f"{tag} NO {self.box.login_refusal}".encode())
                    return
                if (user, password.strip('"')) != ("ann", "hush"):
                    self._say(f"{tag} NO wrong".encode())
                    return
            case "SELECT", [folder]:
                if folder.strip('"') not in self.box.folders:
                    self._say(f"{tag} NO no such folder".encode())
                    return
                self._say(f"* {len(self.box.mails)} EXISTS".encode())
            case "UID", ["SEARCH", *_]:
                unread = sorted(self.box.mails.keys() - self.box.seen)
                self._say(("* SEARCH " + " ".join(map(str, unread))).rstrip().encode())
            case "UID", ["FETCH", uid, *rest]:
                self.box.on_fetch()
                most = re.search(r"<0\.(\d+)>", " ".join(rest))
                raw = self.box.mails[int(uid)][: int(most[1]) if most else None]
                self._say(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}".encode())
                self.wfile.write(raw + b")\r\n")
            case "UID", ["STORE", uid, *_]:
                self.box.seen.add(int(uid))
        self._say(f"{tag} OK done".encode())

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that spoke TLS, or hung up, is what a test wanted."""


@contextmanager
def running_mailbox() -> Iterator[FakeMailbox]:
    box = FakeMailbox()
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.box = box  # type: ignore[attr-defined] # for the sessions
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        yield box
        server.shutdown()
        thread.join()
