"""What `Authentication-Results` say, whoever wrote them, and what of it counts."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.mail.authentication import (
    AuthenticationResults,
    MethodResult,
    SenderVerdict,
    judge,
    read_results,
)

OURS, DOMAIN = "mx.shop.example", "corp.com"
GENUINE, FORGED = SenderVerdict.GENUINE, SenderVerdict.FORGED
UNCONFIRMED = SenderVerdict.UNCONFIRMED


def test_a_field_as_servers_write_them_is_read_whole() -> None:
    field = (
        'MX.shop.example 1; dkim/1 = pass (2048-bit; key) reason="good; really" header.d=Corp.com'
        " header.i=@corp.com header . s = s1;\r\n\tspf=pass (mx: domain of a@corp.com (x) permits)"
        ' smtp.mailfrom="a b"@corp.com; dmarc=pass (p=REJECT sp=NONE) header.from=corp.com'
    )
    found = read_results(field)
    assert found == AuthenticationResults(
        OURS,
        (
            MethodResult(
                "dkim",
                "pass",
                (
                    ("reason", "good  really"),
                    ("header.d", "corp.com"),
                    ("header.i", "@corp.com"),
                    ("header.s", "s1"),
                ),
            ),
            MethodResult("spf", "pass", (("smtp.mailfrom", "a b@corp.com"),)),
            MethodResult("dmarc", "pass", (("header.from", "corp.com"),)),
        ),
    )


@pytest.mark.parametrize(
    ("field", "server", "count"),
    [
        ("mx.shop.example; none", OURS, 0),
        ("mx.shop.example", OURS, 0),
        ('"mx.shop.example"; spf=pass', OURS, 1),
        ("(a comment) mx.shop.example (another) ; spf=pass", OURS, 1),
        ("mx.shop.example; ; spf=pass;", OURS, 1),
    ],
)
def test_whose_a_field_is(field: str, server: str, count: int) -> None:
    found = read_results(field)
    assert found
    assert (found.server, len(found.results)) == (server, count)


@pytest.mark.parametrize(
    "field",
    ["", ";", "spf=pass; dkim=pass", "mx.shop.example (never ends; spf=pass", '"mx; spf=pass',
     "mx.shop.example evil 1; spf=pass", "x" * 8_001],
)  # fmt: skip
def test_what_is_no_such_field_counts_for_nothing(field: str) -> None:
    assert read_results(field) is None


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("dmarc=pass", GENUINE),
        ("dmarc=pass header.from=corp.com", GENUINE),
        ("dmarc=pass header.from=evil.test", UNCONFIRMED),
        ("dmarc=pass header.from=corp.com.evil.test", UNCONFIRMED),
        ("dmarc=fail; spf=pass smtp.mailfrom=a@corp.com", FORGED),
        ("dmarc=pass; dmarc=fail", FORGED),
        ("dmarc=none; spf=pass smtp.mailfrom=a@corp.com", GENUINE),
        ("spf=pass smtp.mailfrom=corp.com", GENUINE),
        ("spf=pass smtp.mailfrom=corp.com.", GENUINE),
        ("spf=pass smtp.helo=corp.com", UNCONFIRMED),
        ("spf=pass smtp.mailfrom=evil.test", UNCONFIRMED),
        ("spf=pass smtp.mailfrom=corp.com@evil.test", UNCONFIRMED),
        ("spf=pass smtp.mailfrom=sub.corp.com", UNCONFIRMED),
        ("dkim=pass header.d=corp.com", GENUINE),
        ("dkim=pass header.i=@corp.com", GENUINE),
        ("dkim=fail header.d=corp.com; dkim=pass header.d=corp.com", GENUINE),
        ("dkim=pass header.d=evil.test", UNCONFIRMED),
        ("dkim=pass header.d=com", UNCONFIRMED),
        ("spf=fail smtp.mailfrom=a@corp.com", FORGED),
        ("spf=softfail smtp.mailfrom=a@corp.com", UNCONFIRMED),
        ("dmarc=temperror; spf=fail", UNCONFIRMED),
        ("arc=pass header.d=corp.com", UNCONFIRMED),
        ("x-dmarc=pass", UNCONFIRMED),
        ("spf=none (dmarc=pass)", UNCONFIRMED),
        ('spf=none reason="; dmarc=pass"', UNCONFIRMED),
        ('spf=none smtp.mailfrom="; dmarc=pass header.from=corp.com"@evil.test', UNCONFIRMED),
        ("none", UNCONFIRMED),
    ],
)  # fmt: skip
def test_what_our_server_says(said: str, verdict: SenderVerdict) -> None:
    found = read_results(f"{OURS}; {said}")
    assert found
    assert judge([found], OURS.upper(), DOMAIN) is verdict


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ([], UNCONFIRMED),
        (["mx.evil.test; dmarc=pass"], UNCONFIRMED),
        (["mx.evil.test; dmarc=fail"], UNCONFIRMED),
        (["mx.shop.example.evil.test; dmarc=pass"], UNCONFIRMED),
        (["mx.evil.test; dmarc=fail", "mx.shop.example; dmarc=pass"], GENUINE),
        (["mx.shop.example; spf=none", "mx.shop.example; dmarc=pass"], UNCONFIRMED),
        (["mx.shop.example; dmarc=fail", "mx.shop.example; dmarc=pass"], FORGED),
    ],
)
def test_the_topmost_field_of_our_server_counts(fields: list[str], verdict: SenderVerdict) -> None:
    read = [found for field in fields if (found := read_results(field))]
    assert len(read) == len(fields)
    assert judge(read, OURS, DOMAIN) is verdict


@example('""')
@given(st.text(alphabet='()\\";=. \t\r\nab/@1', max_size=200))
def test_no_text_does_any_harm(text: str) -> None:
    found = read_results(text)
    assert found is None or found.server


@given(st.text(max_size=100))
def test_what_a_stranger_puts_into_a_quoted_value_says_nothing(text: str) -> None:
    quoted = text.replace("\\", "").replace('"', "")
    found = read_results(f'{OURS}; spf=fail smtp.mailfrom="{quoted}"@evil.test')
    assert found is None or judge([found], OURS, DOMAIN) is FORGED
