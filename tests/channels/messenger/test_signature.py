"""Only Meta's own hand passes."""

import json

import pytest

from channels.meta.signature import sign, verify

_SECRET, _BODY = "an app's secret", b'{"object":"page","entry":[]}'
_RIGHT = sign(_SECRET, _BODY)
_DIGITS = _RIGHT.removeprefix("sha256=")


def test_a_signature_is_what_the_standard_says() -> None:
    # RFC 4231, test case 2
    assert sign("Jefe", b"what do ya want for nothing?") == (
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_the_right_signature_passes() -> None:
    assert verify([_SECRET], _BODY, [_RIGHT])


@pytest.mark.parametrize("secrets", [[_SECRET, "new"], ["new", _SECRET]])
def test_while_a_secret_rotates_both_pass(secrets: list[str]) -> None:
    assert verify(secrets, _BODY, [_RIGHT])


def test_without_secrets_nothing_passes() -> None:
    assert not verify([], _BODY, [_RIGHT])


def test_an_empty_secret_is_no_secret() -> None:
    assert not verify([""], _BODY, [sign("", _BODY)])


def test_no_signature_is_refused() -> None:
    assert not verify([_SECRET], _BODY, [])


def test_another_apps_signature_is_refused() -> None:
    assert not verify([_SECRET], _BODY, [sign("another app's secret", _BODY)])


@pytest.mark.parametrize("length", [63, 40, 8, 0])
def test_a_cut_signature_is_refused(length: int) -> None:
    assert not verify([_SECRET], _BODY, [f"sha256={_DIGITS[:length]}"])


@pytest.mark.parametrize(
    "given",
    [
        f"{_RIGHT}0",
        f"{_RIGHT} ",
        f" {_RIGHT}",
        f"sha256={_DIGITS.upper()}",
        f"SHA256={_DIGITS}",
        f"sha1={_DIGITS}",
        _DIGITS,
        f"sha256={_DIGITS}é",
        "\udcff",
        "",
    ],
)
def test_a_signature_in_another_spelling_is_refused(given: str) -> None:
    assert not verify([_SECRET], _BODY, [given])


@pytest.mark.parametrize("given", [[_RIGHT, "sha256=0"], ["sha256=0", _RIGHT], [_RIGHT, _RIGHT]])
def test_two_signatures_are_refused(given: list[str]) -> None:
    assert not verify([_SECRET], _BODY, given)


def test_a_body_written_anew_is_refused() -> None:
    anew = json.dumps(json.loads(_BODY)).encode()

    assert anew != _BODY
    assert not verify([_SECRET], anew, [_RIGHT])
