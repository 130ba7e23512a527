"""Signed requests as Meta sends them, and some that it would not."""

import base64
import hmac
import json

SECRET, SOMEBODY = "canary-secret", "5550001112223"


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def seal(payload: str, secret: str = SECRET) -> str:
    """Sign what stands behind the dot, whatever it is."""
    return f"{encode(hmac.digest(secret.encode(), payload.encode(), 'sha256'))}.{payload}"


def sign(secret: str = SECRET, **fields: object) -> str:
    facts = {"algorithm": "HMAC-SHA256", "issued_at": 1_767_614_400, "user_id": SOMEBODY}
    return seal(encode(json.dumps(facts | fields).encode()), secret)
