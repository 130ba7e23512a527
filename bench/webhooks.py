"""Distinct, signed webhooks, ready to be written into a socket."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from itertools import count
from secrets import token_hex
from time import time

SECRET = "bench app secret"  # noqa: S105 - guards nothing
PAGE = "3001"
IN_DELIVERY = 1_000
_AROUND = 200  # bytes around a text, at most


def requests(events: int, visitors_from: int) -> Iterator[bytes]:
    """Make endless POSTs of `events` new visitors' messages each; no id comes twice."""
    for number in count(visitors_from, events):
        entries = [_message(number + offset) for offset in range(events)]
        entry = {"id": PAGE, "time": int(time() * 1000), "messaging": entries}
        yield _http(json.dumps({"object": "page", "entry": [entry]}).encode())


def long_delivery(secret: str, page: str, number: int, most: int) -> tuple[bytes, str]:
    """Make one of so many bytes, of a thousand messages whose words are all new; sign it."""
    text = (most - _AROUND) // IN_DELIVERY - _AROUND
    now = int(time() * 1000)
    items = [
        {
            "sender": {"id": f"8{number:03d}{each:012d}"},
            "recipient": {"id": page},
            "timestamp": now,
            "message": {"mid": f"m_long_{number}_{each}", "text": _new_words(text)},
        }
        for each in range(IN_DELIVERY)
    ]
    body = json.dumps({"object": "page", "entry": [{"id": page, "time": now, "messaging": items}]})
    signature = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    return body.encode(), f"sha256={signature}"


def _new_words(length: int) -> str:
    return " ".join(token_hex(3) for _ in range(length // 7 + 1))[:length]


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
