"""Reaches agents' browsers by Web Push, encrypted for each and signed with a key of this server."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from bot.edge.ssrf_guard import GuardedClient
from bot.notifications.senders import ask
from bot.notifications.texts import Notice
from bot.ports.errors import Cause, UndeliverableError
from bot.storage.team.recipients import Device

KEY = "vapid"
"""The name under which the server keeps its private key."""
_KEPT = 4 * 3_600  # seconds that a push service waits for a browser
_TOPIC = 32
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def make_key() -> str:
    """Make the private key by which push services know this server."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def public_key(private: str) -> str:
    """Write the public half as browsers want it when they subscribe."""
    point = _public(private).public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class WebPushSender:
    """Encrypts, signs and posts."""

    client: GuardedClient
    private: Callable[[], str]
    """The key, as `make_key` made it: looked up with the first push."""
    contact: str
    """Whom a push service may write to about us: a mail address."""

    def push(self, device: Device, notice: Notice, tag: str) -> None:
        """Push a notice to a browser, or raise one of the three errors; blocks meanwhile."""
        # not at the start of every process: few of them ever push
        from webpush import WebPush, WebPushSubscription  # noqa: PLC0415

        told = {"title": notice.title, "body": notice.body, "url": notice.link, "tag": tag}
        try:
            subscription = WebPushSubscription.model_validate(
                {
                    "endpoint": device.endpoint,
                    "keys": {"p256dh": device.p256dh, "auth": device.auth},
                }
            )
            private = self.private()
            public = _public(private).public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            sealed = WebPush(private.encode(), public, self.contact, ttl=_KEPT)
            message = sealed.get(json.dumps(told), subscription)
        except (ValidationError, ValueError):
            msg = "The browser's subscription is not usable."
            raise UndeliverableError(msg, Cause.RECIPIENT_GONE) from None
        headers = {
            **message.headers,
            "Content-Type": "application/octet-stream",
            "Urgency": "high",
            # what has not been fetched yet is replaced: a browser is told once
            "Topic": hashlib.sha256(tag.encode()).hexdigest()[:_TOPIC],
        }
        ask(self.client, device.endpoint, message.encrypted, headers, _GONE)


def _public(private: str) -> ec.EllipticCurvePublicKey:
    key = serialization.load_pem_private_key(private.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        msg = "the key of this server is of another kind"
        raise TypeError(msg)
    return key.public_key()
