"""Fetches what is unread in a mailbox, and marks what was taken as read."""

import hashlib
import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

from bot.mail.envelope import DECIDING_BYTES
from bot.mail.inbound import MOST_BYTES
from bot.mail.server_url import read_server_url
from bot.mail.status import quote
from bot.ports.errors import SendError, Trouble
from config.origins import is_loopback

_EACH_WITHIN = timedelta(seconds=10)
_ALL_WITHIN = timedelta(seconds=40)
_MOST_AT_ONCE = 50
_UNREACHABLE = "The mailbox can't be reached."
_FOR_NOW = (b"[UNAVAILABLE]", b"[INUSE]", b"[SERVERBUG]", b"[LIMIT]")
_NO_LOGIN = "The mailbox does not accept the user or the password of INBOUND_IMAP_URL"
_NO_FOLDER = "The mailbox has no such folder as INBOUND_IMAP_URL names"
_FOLDER = re.compile(r"[^\"\\\r\n\0]+")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A folder of a mailbox."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    is_tls: bool = True
    all_within: timedelta = _ALL_WITHIN

    @classmethod
    def read(cls, url: str) -> "Mailbox":
        """Read a URL that the settings have checked."""
        found = read_server_url(url, {"imaps": 993, "imap": 143})
        user, password = found.user or "", found.password or ""
        folder = found.path or "INBOX"
        return cls(found.host, found.port, user, password, folder, found.is_tls)

    @property
    def fingerprint(self) -> str:
        """Tell one set of credentials from another."""
        return hashlib.sha256(f"{self}{self.password}".encode()).hexdigest()[:16]

    def collect(
        self, take: Callable[[bytes], object], wants: Callable[[bytes], bool] = bool
    ) -> int:
        """Hand over what is unread, one after the other; returns how many there were.

        Of a long mail the beginning is fetched first, and the rest if that is wanted. What `take`
        raises ends the round, and what it did not take stays unread. Raises SendError.
        """
        with self._opened() as box:
            with _explained():
                uids = _unread(box)
            for uid in uids:
                with _explained():
                    raw = _fetch(box, uid, DECIDING_BYTES)
                if raw is not None and len(raw) == DECIDING_BYTES and wants(raw):
                    with _explained():
                        raw = _fetch(box, uid, MOST_BYTES + 1)
                if raw is not None:
                    take(raw)
                with _explained():
                    box.uid("STORE", uid, "+FLAGS", r"(\Seen)")
            return len(uids)

    def knock(self) -> None:
        """Log in and open the folder, and read nothing; raises SendError."""
        with self._opened():
            pass

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        with _explained():
            box = self._connect()
        fuse = threading.Timer(self.all_within.total_seconds(), _cut, [box])
        fuse.daemon = True
        fuse.start()
        try:
            with _explained():
                self._enter(box)
            yield box
        finally:
            with suppress(imaplib.IMAP4.error, OSError, ValueError):
                box.logout()
            fuse.cancel()

    def _connect(self) -> imaplib.IMAP4:
        seconds = _EACH_WITHIN.total_seconds()
        if self.is_tls:
            context = ssl.create_default_context()
            return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=context, timeout=seconds)
        return imaplib.IMAP4(self.host, self.port, timeout=seconds)

    def _enter(self, box: imaplib.IMAP4) -> None:
        if not self.is_tls and not is_loopback(self.host):
            box.starttls(ssl_context=ssl.create_default_context())
        try:
            box.login(self.user, self.password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise _refused(_NO_LOGIN, error) from None
        name = self.folder if _FOLDER.fullmatch(self.folder) else "INBOX"
        status, said = box.select(f'"{name}"')
        if status != "OK":
            words = said[0] if said and isinstance(said[0], bytes) else b""
            raise _refused(_NO_FOLDER, words)


def _refused(reason: str, words: object) -> SendError:
    """Tell what is refused for good from what the server can't do just now (RFC 5530)."""
    raw = words if isinstance(words, bytes) else _raw_words(words)
    said = quote(raw)
    is_for_now = any(code in raw.upper() for code in _FOR_NOW)
    if is_for_now:
        return SendError(f"{_UNREACHABLE} {said}", trouble=Trouble.UNREACHABLE)
    return SendError(f"{reason}: {said}.", trouble=Trouble.CREDENTIALS)


def _raw_words(error: object) -> bytes:
    first = error.args[0] if isinstance(error, Exception) and error.args else ""
    return first if isinstance(first, bytes) else str(first).encode(errors="replace")


def _unread(box: imaplib.IMAP4) -> list[str]:
    _, found = box.uid("SEARCH", "UNSEEN")
    words = found[0] if found and isinstance(found[0], bytes) else b""
    return [uid.decode("ascii") for uid in words.split() if uid.isdigit()][:_MOST_AT_ONCE]


def _fetch(box: imaplib.IMAP4, uid: str, most: int) -> bytes | None:
    """Fetch no more than so much of a mail; None: it is gone."""
    _, found = box.uid("FETCH", uid, f"(BODY.PEEK[]<0.{most}>)")
    return next((part[1] for part in found if isinstance(part, tuple)), None)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.error, OSError, ValueError):
        raise SendError(_UNREACHABLE, trouble=Trouble.UNREACHABLE) from None


def _cut(box: imaplib.IMAP4) -> None:
    with suppress(OSError):  # closing alone would wake nobody who reads
        socket.socket.shutdown(box.socket(), socket.SHUT_RDWR)
