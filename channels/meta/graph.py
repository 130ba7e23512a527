"""facebook-sdk against today's Graph API: any version, a proof, deadlines, and no leaks."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import facebook
import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError
from urllib3.util import Timeout

from channels.meta.connections import Connections
from channels.meta.outcomes import GRAPH, ErrorTable
from channels.meta.refusals import Refusal, read_refusal

_MOST_BYTES = 64 * 1024
_CHUNK = 4 * 1024


class GraphRefusedError(facebook.GraphAPIError):  # type: ignore[misc] # published without types
    """Graph said no. Its own words are left behind, only what can be judged is kept."""

    def __init__(self, refusal: Refusal) -> None:
        text = f"refused with {refusal.code}/{refusal.subcode}, status {refusal.status}"
        super().__init__({"error": {"message": text, "code": refusal.code}})
        self.refusal = refusal


class GraphLostError(Exception):
    """No answer, or none that can be read. `written` says that Graph may have acted."""

    def __init__(self, how: str, *, written: bool) -> None:
        super().__init__(how)
        self.written = written


@dataclass(frozen=True, slots=True)
class GraphAddress:
    """Graph's address, its time limits and its error codes.

    Looking the name up comes on top; only the system's resolver can limit that.
    """

    url: str = "https://graph.facebook.com"
    version: str = "v25.0"
    connect: timedelta = timedelta(seconds=3)
    in_all: timedelta = timedelta(seconds=10)
    errors: ErrorTable = GRAPH
    """The table of the product that is asked for."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class PageGraph(facebook.GraphAPI):  # type: ignore[misc] # published without types
    """Graph with the access token of a page or of the app; threads may share it."""

    def __init__(
        self,
        token: str,
        *,
        address: GraphAddress,
        app_secret: str | None,
        connections: Connections,
    ) -> None:
        limits = Timeout(
            connect=address.connect.total_seconds(), total=address.in_all.total_seconds()
        )
        # Without `version`: facebook-sdk refuses every version that Graph still serves.
        super().__init__(token, timeout=limits, session=connections)
        self.version = address.version
        self.errors = address.errors
        self._url = address.url.rstrip("/") + "/"
        self._credentials = {"access_token": token}
        if app_secret:
            proof = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256)
            self._credentials["appsecret_proof"] = proof.hexdigest()

    def request(
        self,
        path: str,
        args: Mapping[str, Any] | None = None,  # Any: facebook-sdk's callers give what they like
        post_args: Mapping[str, Any] | None = None,
        files: Any = None,  # noqa: ANN401 (whatever requests takes)
        method: str | None = None,
    ) -> dict[str, Any]:
        """Do what the parent does, and raise `GraphRefusedError` or `GraphLostError`."""
        # The token goes into a copy; the parent writes it into its caller's own arguments.
        query = dict(args or {}) if post_args is not None else {**self._credentials, **(args or {})}
        form = None if post_args is None else {**self._credentials, **post_args}
        verb = method or ("GET" if form is None else "POST")
        return _read(self._exchange(verb, path, _encode(query), form and _encode(form), files))

    def _exchange(
        self,
        verb: str,
        path: str,
        query: dict[str, str],
        form: dict[str, str] | None,
        files: Any,  # noqa: ANN401 (whatever requests takes)
    ) -> _Answer:
        try:
            with self.session.request(
                verb, self._url + path, params=query, data=form, files=files, timeout=self.timeout
            ) as response:
                return _Answer(response.status_code, response.headers, _read_body(response))
        except (requests.RequestException, HTTPError) as error:
            # Raised below, outside: the error that is left behind has the token in its URL.
            lost = GraphLostError(type(error).__name__, written=not _never_left(error))
        raise lost


def open_pages(
    tokens: Mapping[str, str], address: GraphAddress, app_secret: str | None
) -> dict[str, PageGraph]:
    """Give every page its access, once for a process: what is opened here is kept and shared."""
    connections = Connections()
    return {
        page: PageGraph(token, address=address, app_secret=app_secret, connections=connections)
        for page, token in tokens.items()
    }


def open_app(app_id: str, app_secret: str, address: GraphAddress) -> PageGraph:
    """Give the app its own access, for questions about tokens and people."""
    token = f"{app_id}|{app_secret}"
    return PageGraph(token, address=address, app_secret=app_secret, connections=Connections())


def _encode(fields: Mapping[str, Any]) -> dict[str, str]:
    """Write nested values as JSON, which requests would mangle to their keys."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
    }


def _never_left(error: Exception) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), ConnectTimeoutError)


def _read_body(response: requests.Response) -> bytes:
    """Read no more than an answer of Graph's can have. A refusal counts even if it is cut."""
    body = b""
    try:
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > _MOST_BYTES:
                return b""
    except requests.RequestException:
        if response.status_code < HTTPStatus.MULTIPLE_CHOICES:
            raise
        return b""
    return body


def _read(answer: _Answer) -> dict[str, Any]:
    result = _parse(answer.body)
    taken = answer.status < HTTPStatus.MULTIPLE_CHOICES
    if taken and result is None:
        how = "unreadable answer"
        raise GraphLostError(how, written=True)
    if not taken or result is None or result.get("error"):
        raise GraphRefusedError(read_refusal(answer.status, answer.headers, result))
    return result


def _parse(body: bytes) -> dict[str, Any] | None:
    """Read JSON whatever its type is called: Graph has called it text/javascript."""
    try:
        result = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return result if isinstance(result, dict) else None
