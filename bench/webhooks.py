"""Distinct, signed webhooks, ready to be written into a socket."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from itertools import count
from time import time

SECRET = "bench app secret"  # noqa: S105 - guards nothing
PAGE = "3001"


def requests(events: int, visitors_from: int) -> Iterator[bytes]:
    """Make endless POSTs of `events` new visitors' messages each; no id comes twice."""
    for number in count(visitors_from, events):
        entries = [_message(number + offset) for offset in range(events)]
        entry = {"id": PAGE, "time": int(time() * 1000), "messaging": entries}
        yield _http(json.dumps({"object": "page", "entry": [entry]}).encode())


def _message(number: int) -> dict[str, object]:
    return {
        "sender": {"id": f"7{number:015d}"},
        "recipient": {"id": PAGE},
        "timestamp": int(time() * 1000),
        "message": {"mid": f"m_{number:060d}", "text": "Hello, do you ship to Iceland?"},
    }


def _http(body: bytes) -> bytes:
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        "POST /webhooks/messenger HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Type: application/json\r\n"
        f"User-Agent: facebookexternalua\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
