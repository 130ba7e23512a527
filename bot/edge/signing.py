"""Signed texts: only this server can have written them, and whoever holds one can read it."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_LONGEST = 2_048


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with the first key and takes what any of them has signed."""

    keys: Sequence[str] = field(repr=False)

    def sign(self, purpose: str, fields: Mapping[str, object]) -> str:
        """Write a text that is good for one purpose only."""
        payload = _encode(json.dumps(fields, separators=(",", ":")).encode())
        return f"{payload}.{_encode(_mac(self.keys[0], purpose, payload))}"

    def read(self, purpose: str, text: str) -> dict[str, object] | None:
        """Read one back; None: it is none of ours, or was signed for something else."""
        payload, _, mac = text.partition(".")
        if len(text) > _LONGEST or not text.isascii():
            return None
        # all are tried, so that the time taken says nothing about which it was
        good = [hmac.compare_digest(_encode(_mac(key, purpose, payload)), mac) for key in self.keys]
        return _decode(payload) if any(good) else None


def _mac(key: str, purpose: str, payload: str) -> bytes:
    return hmac.new(key.encode(), f"{purpose}\n{payload}".encode(), hashlib.sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(payload: str) -> dict[str, object] | None:
    try:
        fields = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError):
        return None
    return fields if isinstance(fields, dict) else None
