"""A push as a browser gets it: opened with the browser's own key."""

import base64
import json
from dataclasses import dataclass

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.notifications.texts import Notice
from bot.notifications.web_push import WebPushSender, make_key, public_key
from bot.ports.errors import SendError, UndeliverableError
from bot.storage.team.recipients import Device
from tests.bot.notifications.bureau import ON_THIS_MACHINE
from tests.targets import running_target

NOTICE = Notice(
    "A visitor waits", "Unknown visitor 4F2K waits.", "https://chat.example.com/inbox/7"
)
KEY = make_key()


@dataclass(frozen=True, slots=True)
class Browser:
    """Has subscribed, and can open what is pushed to it."""

    key: ec.EllipticCurvePrivateKey
    secret: bytes

    @property
    def point(self) -> bytes:
        return point(self.key.public_key())

    def device(self, url: str) -> Device:
        return Device(f"{url}/push/1", plain(self.point), plain(self.secret))

    def open(self, sealed: bytes) -> bytes:
        """Open a message as RFC 8291 has it."""
        salt, size = sealed[:16], sealed[20]
        sender, rest = sealed[21 : 21 + size], sealed[21 + size :]
        other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.key.exchange(ec.ECDH(), other)
        about = b"WebPush: info\x00" + self.point + sender
        common = derive(shared, self.secret, about, 32)
        key = derive(common, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = derive(common, salt, b"Content-Encoding: nonce\x00", 12)
        return AESGCM(key).decrypt(nonce, rest, None).rstrip(b"\x02")


def derive(key: bytes, salt: bytes, about: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, about).derive(key)


def plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    encoding, form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    return key.public_bytes(encoding, form)


@pytest.fixture
def browser() -> Browser:
    return Browser(ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef")


@pytest.fixture
def pusher() -> WebPushSender:
    return WebPushSender(ON_THIS_MACHINE, lambda: KEY, "bot@shop.example")


def test_only_the_browser_can_read_a_push(browser: Browser, pusher: WebPushSender) -> None:
    with running_target(lambda wire: wire.answer(201)) as target:
        pusher.push(browser.device(target.url), NOTICE, "waiting-7")
    [received] = target.received
    told = json.loads(browser.open(received.body))
    assert told == {
        "title": NOTICE.title,
        "body": NOTICE.body,
        "url": NOTICE.link,
        "tag": "waiting-7",
    }
    assert b"4F2K" not in received.body
    assert received.headers["content-encoding"] == "aes128gcm"
    assert int(received.headers["ttl"]) > 0


def test_a_push_service_can_tell_that_it_is_from_us(
    browser: Browser, pusher: WebPushSender
) -> None:
    with running_target(lambda wire: wire.answer(201)) as target:
        pusher.push(browser.device(target.url), NOTICE, "waiting-7")
    scheme, _, rest = target.received[0].headers["authorization"].partition(" ")
    token, shown = (part.strip().partition("=")[2] for part in rest.split(","))
    assert (scheme, shown) == ("vapid", public_key(KEY))
    raw = base64.urlsafe_b64decode(shown + "=")
    known = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    claims = jwt.decode(token, known, algorithms=["ES256"], audience="http://127.0.0.1")
    assert claims["sub"] == "mailto:bot@shop.example"


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_has_ended_is_gone(
    browser: Browser, pusher: WebPushSender, status: int
) -> None:
    with (
        running_target(lambda wire: wire.answer(status)) as target,
        pytest.raises(UndeliverableError),
    ):
        pusher.push(browser.device(target.url), NOTICE, "new-7")


def test_a_service_that_wants_us_to_wait_is_given_time(
    browser: Browser, pusher: WebPushSender
) -> None:
    with (
        running_target(lambda wire: wire.answer(429, Retry_After="120")) as target,
        pytest.raises(SendError) as refused,
    ):
        pusher.push(browser.device(target.url), NOTICE, "new-7")
    assert refused.value.retry_after
    assert refused.value.retry_after.total_seconds() == 120


def test_a_subscription_that_can_be_none_is_gone(pusher: WebPushSender) -> None:
    with pytest.raises(UndeliverableError):
        pusher.push(Device("https://push.example.com/1", "nonsense", "x"), NOTICE, "new-7")
