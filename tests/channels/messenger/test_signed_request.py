import pytest

from channels.meta.app import MetaApp
from channels.meta.graph import GraphAddress
from channels.meta.signed_request import SignedRequestError, read_signed_request
from tests.signed_requests import SECRET, SOMEBODY, encode, seal, sign

NEW, OLD, OTHER = SECRET, "canary-old", "canary-other"
APPS = [
    MetaApp((NEW, OLD), None, {"1": "t"}, GraphAddress()),
    MetaApp((OTHER,), "888", {"2": "t"}, GraphAddress()),
]


@pytest.mark.parametrize(("secret", "app_id"), [(NEW, ""), (OLD, ""), (OTHER, "888")])
def test_every_secret_speaks_for_its_app(secret: str, app_id: str) -> None:
    request = read_signed_request(sign(secret), APPS)
    assert (request.app_id, request.user_id) == (app_id, SOMEBODY)


def test_an_empty_secret_signs_nothing() -> None:
    unset = MetaApp(("",), "999", {}, GraphAddress())
    with pytest.raises(SignedRequestError):
        read_signed_request(sign(""), [unset])


def test_nobodys_request_is_nobodys() -> None:
    with pytest.raises(SignedRequestError):
        read_signed_request(sign(), [])


def test_padding_may_be_there_or_not() -> None:
    text = sign()
    payload = text.partition(".")[2]
    padded = seal(payload + "=" * (-len(payload) % 4))
    assert read_signed_request(padded, APPS).user_id == SOMEBODY


def test_two_spellings_of_one_signature_are_one_request() -> None:
    text = sign()
    padded = text.replace(".", "=.")
    assert read_signed_request(padded, APPS) == read_signed_request(text, APPS)


def test_what_is_signed_is_not_read_before_the_signature_is_right() -> None:
    malformed = encode(b"{" * 100_000)
    for text in (seal(malformed, "not ours"), seal(malformed)):
        with pytest.raises(SignedRequestError) as caught:
            read_signed_request(text, APPS)
        was_parsed = "_parse" in {entry.name for entry in caught.traceback}
        assert was_parsed is (text == seal(malformed))


def test_neither_person_nor_secret_is_written_into_logs() -> None:
    request = read_signed_request(sign(), APPS)
    assert SOMEBODY not in repr(request)
