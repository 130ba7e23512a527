"""Asks DNS whether a domain takes mail: by its MX records, or else by an address of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver

from bot.ports.errors import SendError
from config.name_servers import NameServer

ANSWERS_WITHIN = timedelta(seconds=5)
"""For each question; there are three at most."""
NO_ANSWER = "DNS gave no answer."


@dataclass(frozen=True, slots=True)
class MailServerLookup:
    """Looks for the mail servers of a domain; blocks."""

    servers: Sequence[NameServer] = ()
    """Empty: those of the system."""
    answers_within: timedelta = ANSWERS_WITHIN

    def takes_mail(self, domain: str) -> bool:
        """Say whether mail can arrive at a domain. Raises SendError where DNS does not tell."""
        try:
            return self._takes_mail(self._resolver(), dns.name.from_text(domain))
        except dns.resolver.NXDOMAIN:
            return False
        except dns.exception.DNSException:
            raise SendError(NO_ANSWER) from None

    def _takes_mail(self, resolver: dns.resolver.Resolver, name: dns.name.Name) -> bool:
        try:
            found = resolver.resolve(name, dns.rdatatype.MX)
        except dns.resolver.NoAnswer:  # RFC 5321, 5.1: then the domain is its own mail server
            return any(_has(resolver, name, kind) for kind in _ADDRESSES)
        # RFC 7505: one whose server is the root takes none
        return any(record.exchange != dns.name.root for record in found)

    def _resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=not self.servers)
        resolver.lifetime = self.answers_within.total_seconds()
        if self.servers:
            resolver.nameservers = [
                dns.nameserver.Do53Nameserver(each.address, each.port) for each in self.servers
            ]
        return resolver


_ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)


def _has(
    resolver: dns.resolver.Resolver, name: dns.name.Name, kind: dns.rdatatype.RdataType
) -> bool:
    try:
        return len(resolver.resolve(name, kind)) > 0
    except dns.resolver.NoAnswer:
        return False
