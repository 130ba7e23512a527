"""Requests that are none, or that make no sense: cheap to send, and each refused."""

from collections.abc import Iterator
from itertools import cycle, islice

_FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
_PARTS = b"Content-Type: multipart/form-data; boundary=b\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n"
_SOCKET = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
_LOGIN, _SESSION, _META = b"/inbox/login", b"/chat/session", b"/webhooks/messenger"


def malformed_requests(count: int, host: str) -> Iterator[bytes]:
    """Give so many, all kinds in turn."""
    kinds = [*_no_requests(host.encode()), *_bodies(host.encode())]
    return islice(cycle(kinds), count)


def _no_requests(host: bytes) -> Iterator[bytes]:
    yield b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200)  # TLS
    yield b"GET\r\n\r\n"
    yield b"GET / HTTP/9.9\r\nHost: " + host + b"\r\n\r\n"
    yield b"GET / HTTP/1.1\r\nHost\r\n\r\n"
    yield _get(host, b"/", b"A: \x00\r\n")
    yield _get(host, b"/" + b"x" * 9_000)
    yield _get(host, b"/", b"A: " + b"x" * 9_000 + b"\r\n")
    yield _get(host, b"/", b"a: b\r\n" * 5_000)
    yield _get(b"evil.example", b"/")
    yield _get(host, b"/inbox/9999999999999999999/details")
    yield _get(host, b"/chat/socket", _SOCKET)


def _bodies(host: bytes) -> Iterator[bytes]:
    json = b"Content-Type: application/json\r\nOrigin: http://" + host + b"\r\n"
    yield _post(host, _SESSION, json, b"", length=-1)
    yield _post(host, _SESSION, json, b"[]")
    yield _post(host, _SESSION, json, b"[" * 65_000)
    yield _head(host, b"POST", _META, _CHUNKED) + b"zz\r\n"
    yield _head(host, b"POST", _LOGIN, _CHUNKED) + b"1\r\nx\r\n" * 2_000 + b"0\r\n\r\n"
    yield _post(host, _LOGIN, _FORM, b"\xff\xfe" * 15)
    yield _post(host, _LOGIN, _FORM, b"a=&" * 1_333 + b"b")
    yield _post(host, _LOGIN, _FORM, b"email=a@b.c&password=wrong")
    yield _post(host, _LOGIN, b"Content-Type: multipart/form-data\r\n", b"----")
    yield _post(host, _LOGIN, _PARTS, b"--b\r\n\r\n\r\n" * 6_000)


def _get(host: bytes, path: bytes, fields: bytes = b"") -> bytes:
    return _head(host, b"GET", path, fields)


def _post(host: bytes, path: bytes, fields: bytes, body: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return _head(host, b"POST", path, fields + b"Content-Length: %d\r\n" % size) + body


def _head(host: bytes, method: bytes, path: bytes, fields: bytes) -> bytes:
    return method + b" " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + fields + b"\r\n"
