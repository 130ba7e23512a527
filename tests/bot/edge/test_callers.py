"""From where a request comes: chains of proxies, and what strangers make up."""

from types import SimpleNamespace

import pytest
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import BaseRequest

from bot.edge.client_ip import caller, likely_caller, trace
from config.networks import is_whole_world, read_network

PROXY, FRONT = "10.0.0.1", "203.0.113.200"


def request_from(peer: str | None, *forwarded: str, name: str = "X-Forwarded-For") -> BaseRequest:
    headers = [(name, value) for value in forwarded]
    transport = SimpleNamespace(get_extra_info=lambda _name: (peer, 1) if peer else None)
    return make_mocked_request("GET", "/", headers=headers, transport=transport)


def called_from(
    peer: str | None, *forwarded: str, proxies: tuple[str, ...] = (PROXY,), name: str = ""
) -> str:
    request = request_from(peer, *forwarded, name=name or "X-Forwarded-For")
    return caller(request, [read_network(proxy) for proxy in proxies])


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.3.4:5678", "1.2.3.4"),
        ("  1.2.3.4  ", "1.2.3.4"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("[::ffff:1.2.3.4]:80", "1.2.3.4"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("9.9.9.9, 1.2.3.4", "1.2.3.4"),
        ("10.0.0.1, 1.2.3.4", "1.2.3.4"),
        ("9.9.9.9, 1.2.3.4:99, 10.0.0.1:1", "1.2.3.4"),
        ("garbage, 1.2.3.4", "1.2.3.4"),
        ("", PROXY),
        ("unknown", PROXY),
        ("1.2.3.4, unknown", PROXY),
        ("1.2.3.4.5", PROXY),
        ("1.2.3.4:x", PROXY),
        ("[1.2.3.4", PROXY),
        ("[2001:db8::1]80", PROXY),
        (",", PROXY),
        (", ".join(["9.9.9.9"] * 500), "9.9.9.9"),
    ],
)
def test_a_trusted_proxy_is_believed_about_one_hop(forwarded: str, expected: str) -> None:
    assert called_from(PROXY, forwarded) == expected


@pytest.mark.parametrize(
    ("proxies", "chain", "expected"),
    [
        ((PROXY, FRONT), f"9.9.9.9, 1.2.3.4, {FRONT}", "1.2.3.4"),
        (("10.0.0.0/8", "203.0.113.0/24"), f"1.2.3.4, 10.9.9.9, {FRONT}", "1.2.3.4"),
        ((PROXY,), f"1.2.3.4, {FRONT}", FRONT),
        (("::ffff:10.0.0.0/104",), "1.2.3.4", "1.2.3.4"),
        (("10.0.0.0/8",), "10.1.1.1, 10.2.2.2", "10.1.1.1"),
    ],
)
def test_a_chain_is_followed_as_far_as_it_is_trusted(
    proxies: tuple[str, ...], chain: str, expected: str
) -> None:
    assert called_from(PROXY, chain, proxies=proxies) == expected
    assert called_from(f"::ffff:{PROXY}", *chain.split(", "), proxies=proxies) == expected


def test_nobody_else_is_believed() -> None:
    assert called_from("203.0.113.9", "1.2.3.4") == "203.0.113.9"
    assert called_from(PROXY, "1.2.3.4", proxies=()) == PROXY
    assert called_from(None, "1.2.3.4") == "local"


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("for=1.2.3.4", "1.2.3.4"),
        ('For="1.2.3.4:5678";proto=https;by=10.0.0.1', "1.2.3.4"),
        ('proto=https; for="[2001:db8:1:2::9]:4711"', "2001:db8:1:2::/64"),
        ('for=9.9.9.9, for="1.2.3.4"', "1.2.3.4"),
        ('for="9.9.9.9, for=1.2.3.4', "1.2.3.4"),
        ("for=_hidden", PROXY),
        ("by=1.2.3.4", PROXY),
        ("for=unknown", PROXY),
    ],
)
def test_the_standard_header_counts_where_the_usual_one_is_missing(
    forwarded: str, expected: str
) -> None:
    assert called_from(PROXY, forwarded, name="Forwarded") == expected


def test_the_usual_header_goes_first() -> None:
    headers = {"X-Forwarded-For": "1.2.3.4", "Forwarded": "for=9.9.9.9"}
    transport = SimpleNamespace(get_extra_info=lambda _name: (PROXY, 1))
    request = make_mocked_request("GET", "/", headers=headers, transport=transport)
    assert caller(request, [read_network(PROXY)]) == "1.2.3.4"


@pytest.mark.parametrize("peer", [PROXY, "127.0.0.1", "::1", "fd00::7", "100.64.0.1", "172.20.0.9"])
def test_behind_a_proxy_that_nobody_named_visitors_have_shares_of_their_own(peer: str) -> None:
    shares = {
        likely_caller(request_from(peer, f"9.9.9.9, {each}"), ()) for each in ("1.1.1.1", "2.2.2.2")
    }
    assert len(shares) == 2
    assert likely_caller(request_from(peer), ()) not in shares


def test_strangers_get_no_shares_by_making_something_up() -> None:
    assert likely_caller(request_from("203.0.113.9", "1.1.1.1"), ()) == "203.0.113.9"
    trusted = [read_network(PROXY)]
    for made_up in ("8.8.8.8", "9.9.9.9"):
        request = request_from(PROXY, f"{made_up}, 192.168.1.7")
        assert likely_caller(request, trusted) == "192.168.1.7"


def test_whom_a_peer_speaks_for_is_told_apart_from_who_is_vouched_for() -> None:
    route = trace(request_from(PROXY, "9.9.9.9, 1.2.3.4"), ())
    assert (str(route.address), str(route.claimed), route.is_from_within) == (
        PROXY,
        "1.2.3.4",
        True,
    )
    route = trace(request_from(PROXY, "1.2.3.4"), [read_network(PROXY)])
    assert (str(route.address), route.claimed) == ("1.2.3.4", None)
    assert not route.is_from_within


@pytest.mark.parametrize(
    ("networks", "whole"),
    [
        ("0.0.0.0/0", True),
        ("::/0", True),
        ("::ffff:0:0/96", True),
        ("0.0.0.0/1 128.0.0.0/1", True),
        ("8000::/1 ::/1 10.0.0.0/8", True),
        ("0.0.0.0/1", False),
        ("10.0.0.0/8 ::1", False),
        ("", False),
    ],
)
def test_the_whole_world_is_known_in_pieces(networks: str, *, whole: bool) -> None:
    assert is_whole_world(map(read_network, networks.split())) is whole
