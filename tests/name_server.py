"""A name server of our own on loopback: it knows a few domains, and what it was asked."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from config.name_servers import NameServer

ZONE = {
    "shop.test": {"MX": "10 mail.shop.test."},
    "only-ipv4.test": {"A": "192.0.2.1"},
    "only-ipv6.test": {"AAAA": "2001:db8::1"},
    "no-mail.test": {"MX": "0 ."},
    "only-text.test": {"TXT": "hello"},
}
BROKEN, SILENT = "broken.test", "silent.test"


@dataclass
class Names:
    """A server's zone, and the domains that it was asked for."""

    socket: socket.socket
    zone: dict[str, dict[str, str]] = field(default_factory=lambda: dict(ZONE))
    asked: list[str] = field(default_factory=list)

    @property
    def server(self) -> NameServer:
        return NameServer(*self.socket.getsockname())

    def serve(self) -> None:
        """Answer until the socket is shut."""
        while True:
            query, sender = self.socket.recvfrom(4096)
            if not query:
                return
            if answer := self._answer(dns.message.from_wire(query)):
                self.socket.sendto(answer.to_wire(), sender)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        [question] = query.question
        domain, kind = str(question.name).rstrip("."), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(domain)
        if domain == SILENT:
            return None
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if domain == BROKEN:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif domain not in self.zone:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif record := self.zone[domain].get(kind):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, record))
        return answer


@contextmanager
def running_name_server() -> Iterator[Names]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        names = Names(own)
        thread = threading.Thread(target=names.serve)
        thread.start()
        try:
            yield names
        finally:
            own.sendto(b"", own.getsockname())
            thread.join()


@pytest.fixture
def names() -> Iterator[Names]:
    """A name server."""
    with running_name_server() as one:
        yield one
