"""No reader of strangers' words takes longer than they are long, and none much at its cap."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.emails import read as read_addresses
from bot.core.emails import validate
from bot.core.giving import manner_of
from bot.core.typos import suggest
from bot.core.words import is_correction, is_no, is_stop, is_yes, without_correction
from bot.edge.accept_language import accepted
from bot.edge.bodies import charset_of
from bot.edge.client_ip import trace
from bot.edge.signing import Signer
from bot.mail.html_text import plain_of_html
from bot.mail.quotes import new_part
from bot.notifications.safe_text import defuse
from bot.storage.database.cursors import CursorError, read_timed_cursor
from bot.web.inbox.conversation.links import find_links
from bot.web.inbox.cookies import session_cookie
from bot.web.inbox.entry import safe_next
from channels.meta.parts import split_text
from channels.meta.signed_request import SignedRequestError, read_signed_request
from channels.webchat.frames import read_frame
from channels.webchat.identity import Identities
from channels.webchat.shapes import Page, PostedMessage
from channels.webchat.visits import read_visit
from config.origins import is_same_origin
from tests.channels.messenger.deliveries import delivery, read
from tests.effort import effort, growth, repeated
from tests.factories import NOON

HEAD = 8_000  # letters: no header that is longer comes in
TEXT = 10_000  # letters: no message is longer
BODY = 64 * 1024
MOST = 0.1  # seconds
MOST_GROWTH = 2.5  # 1 is linear, 4 quadratic
PROXIES = ip_network("10.0.0.0/8")
SIGNER = Signer(("a long random text",))


def request(**headers: str) -> web.Request:
    return make_mocked_request("GET", "/", {n.replace("_", "-"): v for n, v in headers.items()})


def tell(text: str) -> None:
    manner_of(read_addresses(f"{text} ada@example.com {text}").around)


def visit(text: str) -> None:
    site = "https://shop.example"
    read_visit(Page(url=f"{site}/{text}", title=text, referrer=text), site, text, None)


def words(text: str) -> None:
    for judge in (is_yes, is_no, is_stop, is_correction, without_correction):
        judge(text)


def signed(text: str) -> None:
    with suppress(SignedRequestError):
        read_signed_request(text, [])


def cursor(text: str) -> None:
    with suppress(CursorError):
        read_timed_cursor(text)


def shape(text: str) -> None:
    with suppress(ValueError):
        PostedMessage.model_validate(json.loads(json.dumps({"text": text, "client_id": text})))


READERS: dict[str, tuple[Callable[[str], object], int]] = {
    "addresses": (read_addresses, TEXT),
    "an address": (validate, TEXT),
    "how an address is given": (tell, TEXT),
    "a mistyped address": (lambda text: suggest(f"ada@{text}"[:254]), TEXT),
    "yes and no": (words, TEXT),
    "links": (lambda text: list(find_links(text)), TEXT),
    "links of one": (lambda text: list(find_links(f"https://a.example/{text}")), TEXT),
    "notices": (partial(defuse, limit=300), TEXT),
    "parts": (split_text, TEXT),
    "a visit": (visit, BODY),
    "a message": (shape, BODY),
    "a frame": (read_frame, BODY),
    "a frame's field": (lambda text: read_frame(json.dumps({"type": text, "ticket": text})), BODY),
    "languages": (accepted, HEAD),
    "hops": (lambda text: trace(request(X_Forwarded_For=text), [PROXIES]), HEAD),
    "standard hops": (lambda text: trace(request(Forwarded=text), []), HEAD),
    "an agent's cookie": (
        lambda text: session_cookie("https://a.example").read(request(Cookie=text)),
        HEAD,
    ),
    "any cookie": (lambda text: request(Cookie=text).cookies, HEAD),
    "a visitor's cookie": (
        lambda text: Identities(SIGNER, lambda: NOON).read_cookie(request(Cookie=text)),
        HEAD,
    ),
    "a ticket": (Identities(SIGNER, lambda: NOON).read_ticket, HEAD),
    "a charset": (lambda text: charset_of(request(Content_Type=f"text/plain;{text}")), HEAD),
    "an origin": (lambda text: is_same_origin(f"https://{text}", "https://a.example"), HEAD),
    "a tag": (lambda text: request(If_None_Match=text).if_none_match, HEAD),
    "where to go on": (lambda text: safe_next(f"/inbox/{text}"), HEAD),
    "a place in a list": (cursor, HEAD),
    "a signed request": (signed, BODY),
    "a delivery": (lambda text: read(delivery({"message": {"mid": "m", "text": text}})), BODY),
}
PIECES = [
    "a", "0", " ", "\n", ".", "@", "-", "_", "/", "\\", '"', "'", ",", ";", ":", "=", "{", "[", "<",
    "a@", "a@b.example ", "a@b.example,", "ada@example.com.", "a at b dot ", "\u2019a", "\u3002",
    "a\u3002", "漢a", "漢1@", "https://", "https://a)", ")", "(", "]", "https://漢.example ",
    "xn--", "%41", "%", ";q=", "for=a,", "for=", '"1",', "W/", "1.1.1.1,", "[::1]:1,", "a=b;",
    'a="', 'a="\\', "\\101", "best ", "my email is ", "sorry ", "ß", "İ", "\u0301\u0316", "\u202e",
    "👍", "\u200b", "?", "!", "*", "~", "en;q=0.1,", '{"a":', '{"type":"', "[[", "a. ", "a\n\n",
    "\\u0040",
]  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_no_words_take_longer_to_read_than_they_are_long(name: str) -> None:
    reader, most = READERS[name]
    assert not [piece for piece in PIECES if _is_slow(reader, piece, most)]


@settings(max_examples=40, deadline=None)
@given(
    reader=st.sampled_from([read_addresses, tell, new_part, plain_of_html]),
    pieces=st.lists(st.sampled_from(PIECES) | st.text(min_size=1), min_size=1, max_size=6),
)
def test_whatever_is_written_is_read_in_time_linear_in_its_length(
    reader: Callable[[str], object], pieces: list[str]
) -> None:
    assert not _is_slow(reader, "".join(pieces), TEXT)


def _is_slow(reader: Callable[[str], object], piece: str, most: int) -> bool:
    text = repeated(piece, most)
    longest = effort(lambda: reader(text), MOST)
    return longest > MOST or growth(reader, partial(repeated, piece), most) > MOST_GROWTH
