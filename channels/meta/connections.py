"""HTTP connections that end in time: one deadline for an answer, none kept until it is stale."""

import logging
import threading
import time
from datetime import timedelta
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from bot.edge.deadline_http import TimedResponse


class Connections:
    """Stands where facebook-sdk wants a session; any number of threads may use it.

    Each thread has a session of its own, since requests does not promise that one can be shared.
    It is renewed after a while: a gateway on the way may have forgotten an idle connection, and
    a message written into that has an unknown outcome where a new connection has none.
    """

    def __init__(self, lifetime: timedelta = timedelta(seconds=30)) -> None:
        self._lifetime = lifetime.total_seconds()
        self._own = threading.local()
        for name in ("urllib3.connection", "urllib3.connectionpool"):
            logging.getLogger(name).addFilter(_names_no_token)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # noqa: ANN401
        """Ask as requests does, but return with the head of the answer and follow no redirect."""
        return self._session().request(method, url, allow_redirects=False, stream=True, **options)

    def _session(self) -> requests.Session:
        now = time.monotonic()
        if now - getattr(self._own, "opened_at", -self._lifetime) >= self._lifetime:
            self._own.session, self._own.opened_at = _open_session(), now
        session: requests.Session = self._own.session
        return session


def _names_no_token(record: logging.LogRecord) -> bool:
    return "_token=" not in record.getMessage()


def _open_session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no proxies, no .netrc; macOS crashes on asking after a fork
    session.headers["Accept-Encoding"] = "identity"
    session.mount("http://", _Adapter())
    session.mount("https://", _Adapter())
    return session


class _Connection(HTTPConnection):
    """Tells a connection that never stood from one that broke after something was written."""

    response_class = TimedResponse

    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:  # also a TLS handshake that failed, a certificate that is wrong
            raise NewConnectionError(self, type(error).__name__) from None


class _SecureConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    """Makes requests use the classes above."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (passed on)
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
