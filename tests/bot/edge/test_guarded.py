"""Where the guarded client goes, where it never goes, and how long it stays."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.edge.ssrf_guard import (
    FetchLimits,
    Guard,
    GuardedClient,
    LostAnswerError,
    RefusedUrlError,
    TooLargeError,
    UnreachableError,
    is_public,
)
from tests.targets import Wire, running_target, unused_port

HASTE = FetchLimits(in_all=timedelta(milliseconds=400))
LOCAL = GuardedClient(
    Guard(may_reach=lambda address: address.is_loopback, schemes=frozenset({"http", "https"}))
)


def names(*addresses: str) -> Guard:
    """A guard for which every name has these addresses; http is allowed."""
    return Guard(resolve=lambda _host, _port: addresses, schemes=frozenset({"http", "https"}))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - only a text here
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fd00::1",
        "fec0::1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "ff02::1",
        "192.88.99.1",
        "::ffff:192.88.99.1",
        "64:ff9b::192.88.99.1",
        "3fff::1",
        "3fff:fff::1",
        "64:ff9b:1::808:808",
        "::808:808",
        "::ffff:0:808:808",
        "2606:4700::5efe:7f00:1",
        "2606:4700::200:5efe:808:808",
        "2606:4700::5efe:10.0.0.1",
        "2002:808:808::",
        "2001:0:808:808::1",
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:6379/",
        "http://metadata/",
        "ftp://files.example.com/",
        "https://user:pass@shop.example.com/",
        "https://" + "a" * 5_000 + ".example.com/",
        "https://shop.example.com:22/",
        "https://shop.example.com:99999/",
        "https://",
        "https://shop.example.com/a b",
        "https://shop.example.com/\r\nHost: inside",
        "https://[::1",
        "file:///etc/passwd",
    ],
)
def test_a_url_that_may_not_be_is_refused_before_anything_is_looked_up(url: str) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["93.184.215.14"]

    with pytest.raises(RefusedUrlError):
        GuardedClient(Guard(resolve=resolve)).request("POST", url)
    assert not asked


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "2130706433", "[::1]"])
def test_a_name_of_this_machine_is_refused_at_the_connection(host: str) -> None:
    with running_target() as target:
        client = GuardedClient(Guard(schemes=frozenset({"http"})))
        with pytest.raises((RefusedUrlError, UnreachableError)):
            client.request("POST", f"http://{host}:{target.port}/")
    assert not target.received


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(RefusedUrlError):
        names("93.184.215.14", "10.0.0.1").find("shop.example.com", 443)


def test_a_name_that_means_something_else_the_second_time_leads_nowhere() -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    guard = Guard(resolve=lambda _host, _port: answers.pop(0))
    assert guard.find("shop.example.com", 443) == ["93.184.215.14"]
    with pytest.raises(RefusedUrlError):
        guard.find("shop.example.com", 443)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    looked_up: list[str] = []

    def resolve(host: str, _port: int) -> Sequence[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    with running_target() as target:
        guard = Guard(lambda address: address.is_loopback, resolve, frozenset({"http"}))
        answer = GuardedClient(guard).request("GET", f"http://shop.invalid:{target.port}/")
    assert answer.status == 200
    assert looked_up == ["shop.invalid"]  # once: nobody else, who could hear otherwise, is asked
    assert target.received[0].headers["host"] == f"shop.invalid:{target.port}"


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with running_target() as inside, running_target() as target:
        target.behaviour = lambda wire: wire.answer(302, Location=inside.url)
        answer = LOCAL.request("GET", target.url)
    assert answer.status == 302
    assert not inside.received


@pytest.mark.parametrize("behaviour", [Wire.drip, Wire.hang])
def test_who_answers_too_slowly_is_cut(behaviour: object) -> None:
    assert callable(behaviour)
    with running_target(behaviour) as target, pytest.raises(LostAnswerError):
        LOCAL.request("GET", target.url, limits=HASTE)


def test_a_body_without_end_is_cut() -> None:
    limits = FetchLimits(size=1_000_000)
    with running_target(Wire.pour) as target, pytest.raises(TooLargeError):
        LOCAL.request("GET", target.url, limits=limits)
    assert target.poured < 20_000_000


def test_what_is_sent_arrives_with_its_headers() -> None:
    with running_target(lambda wire: wire.answer(201, b"thanks", X_Seen="yes")) as target:
        answer = LOCAL.request(
            "POST", f"{target.url}/a?b=c#d", body=b"hello", headers={"X-Own": "1"}
        )
    assert (answer.status, answer.headers["x-seen"], answer.body) == (201, "yes", b"thanks")
    [received] = target.received
    assert (received.method, received.path, received.body) == ("POST", "/a?b=c", b"hello")
    assert received.headers["x-own"] == "1"


def test_nobody_there_means_that_surely_nothing_was_handed_over() -> None:
    with pytest.raises(UnreachableError):
        LOCAL.request("GET", f"http://127.0.0.1:{unused_port()}/")


def test_a_certificate_of_another_name_is_a_failure(tmp_path: Path) -> None:
    certificate = _certificate_for("other.example.com", tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    guard = Guard(
        may_reach=lambda address: address.is_loopback,
        resolve=lambda _host, _port: ["127.0.0.1"],
        trusted=lambda: ssl.create_default_context(cafile=str(certificate)),
    )
    client = GuardedClient(guard)
    with running_target(context=serving) as target:
        right = client.request("GET", f"https://other.example.com:{target.port}/")
        with pytest.raises(UnreachableError):
            client.request("GET", f"https://shop.example.com:{target.port}/")
    assert right.status == 200
    assert len(target.received) == 1


def _certificate_for(name: str, directory: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = directory / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path
