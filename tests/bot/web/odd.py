"""Bodies, encodings, numbers and bytes that no honest caller sends."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

FORM, JSON = "application/x-www-form-urlencoded", "application/json"

ODD_TEXTS = (
    "9999999999999999999",
    "9" * 5_000,
    "1180591620717411303424",
    "٣",
    "\uff11",
    "-1",
    "0",
    "1e9",
    "1.5",
    "\0",
    "a\0b",
    "\u202e\u2066",
    "🙂",
    "..",
    "' OR 1=1--",
    "%s%n{{7*7}}${x}",
    "x" * 3_000,
)
ODD_BYTES = ("%00", "%ff", "%ED%A0%80", "%2e%2e%2f", "%", "%zz", "%D9%A3", "+", "%0d%0a")
_FIELDS = """
text client_id kind then seq version status assignee email first_name last_name saw other kept
merge was_email name old new password next available push mail quiet_from quiet_to zone endpoint
p256dh auth url event shortcut admin page consent good code note signed_request payload mid
recipient message csrf
"""
FIELDS = tuple(_FIELDS.split())
"""What forms and documents may hold, anywhere."""
_QUERY = """
q cursor after before from rows limit after_seq before_seq status assignee unknown channel v order
add focus email lang origin dir token next said person fields input_token hub.mode
"""
QUERY = tuple(_QUERY.split())
"""What stands in queries, anywhere."""
ODD_VALUES: tuple[object, ...] = (
    2**70,
    -1,
    1.5,
    True,
    None,
    [],
    {},
    "\ud800",
    "a\0b",
    "9" * 5_000,
    "٣",
    [[[["x"]]]],
    float("nan"),
)


@dataclass(frozen=True, slots=True)
class Body:
    """A body with what its head says of it."""

    of: bytes
    kind: str
    headers: Mapping[str, str] = field(default_factory=dict)


def forms() -> Iterator[Body]:
    """Bodies for who expects a form."""
    yield Body(b"", FORM)
    yield Body(b"\xff\xfe", FORM)
    yield Body(b"text=%ff%fe&email=%ED%A0%80", FORM)
    yield Body("text=hé".encode("latin-1"), FORM)
    yield Body("text=x".encode("utf-16"), f"{FORM}; charset=utf-16")
    yield Body(b"text=x", f"{FORM}; charset=klingon")
    yield Body(b"text=x", f'{FORM}; charset="')
    yield Body(b"text=x&text=y&=&&;=", FORM)
    yield Body(b"&".join([b"a=b"] * 10_000), FORM)
    yield Body(b"text=" + b"x" * 300_000, FORM)
    yield Body(b"\x1f\x8b\x08\x00", FORM, {"Content-Encoding": "gzip"})
    yield Body(b"text=x", FORM + ";" * 4_000)
    yield Body(b"text=x", FORM + ";" + "(" * 4_000)
    for boundary in ("", "; boundary=", "; boundary=x", "; boundary=" + "x" * 200):
        yield Body(b"--x\r\n\r\n--x--", f"multipart/form-data{boundary}")
    part = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n%b\r\n'
    for value in (b"\xff", b"\0", b"y"):
        yield Body(part % value + b"--x--", "multipart/form-data; boundary=x")
    yield Body(part % b"y" * 10_000 + b"--x--", "multipart/form-data; boundary=x")
    for text in ODD_TEXTS:
        pairs = "&".join(f"{name}={quote(text)}" for name in FIELDS)
        yield Body(pairs.encode(), FORM)


def documents() -> Iterator[Body]:
    """Bodies for who expects JSON."""
    for raw in (b"", b"null", b"[]", b'"x"', b"1", b"\xff\xfe", b"\0", b"{", b"<xml/>"):
        yield Body(raw, JSON)
    yield Body(b"[" * 30_000, JSON)
    yield Body(b'{"version":' + b"9" * 5_000 + b"}", JSON)
    yield Body(b'{"text":NaN,"version":1e999}', JSON)
    yield Body(b'{"text":"' + b"x" * 70_000 + b'"}', JSON)
    yield Body('{"text":"x"}'.encode("utf-16"), JSON)
    yield Body(b'{"text":"x"}', f"{JSON}; charset=klingon")
    yield Body(b'{"text":"x"}', "text/plain")
    yield Body(b"\x1f\x8b\x08\x00", JSON, {"Content-Encoding": "gzip"})
    for value in ODD_VALUES:
        yield Body(json.dumps(dict.fromkeys(FIELDS, value)).encode(), JSON)
        for name in ("version", "text", "email", "client_id", "kind", "payload", "mid"):
            alone = {"text": "x", "client_id": "y", "email": "a@b.example", name: value}
            yield Body(json.dumps(alone).encode(), JSON)


BODIES = (*forms(), *documents())
