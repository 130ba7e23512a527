"""Addresses in what people write: which become links, where they end, what never does."""

import pytest

from bot.web.inbox.conversation.links import TextPart, find_links


def links(text: str) -> list[str]:
    parts = list(find_links(text))
    assert "".join(part.text for part in parts) == text
    return [part.text for part in parts if part.is_link]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://shop.example", "https://shop.example"),
        ("See https://shop.example/a?b=c&d#e now", "https://shop.example/a?b=c&d#e"),
        ("HTTP://SHOP.EXAMPLE:8080/a", "HTTP://SHOP.EXAMPLE:8080/a"),
        ("Is it https://shop.example/a?", "https://shop.example/a"),
        ("It is https://shop.example/a...", "https://shop.example/a"),
        ("(https://shop.example/a).", "https://shop.example/a"),
        ("[https://shop.example/a]", "https://shop.example/a"),
        ("https://shop.example/Tent_(Fjord)", "https://shop.example/Tent_(Fjord)"),
        ("<https://shop.example/a>", "https://shop.example/a"),
        ('"https://shop.example/a"', "https://shop.example/a"),
        ("'https://shop.example/a'", "https://shop.example/a"),
        ("«https://shop.example/a»", "https://shop.example/a"),
        ("https://shop.example/a\nNext", "https://shop.example/a"),
        ("https://shop.example/zelt-für-zwei", "https://shop.example/zelt-für-zwei"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
    ],
)
def test_an_address_is_found_without_what_stands_around_it(text: str, link: str) -> None:
    assert links(text) == [link]


def test_of_several_each_is_found() -> None:
    assert links("http://a.example, http://b.example") == ["http://a.example", "http://b.example"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "shop.example",
        "www.shop.example",
        "https://",
        "https:///path",
        "https://.",
        "xhttps://shop.example",
        "javascript:alert(1)",
        "JaVaScRiPt://shop.example/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox",
        "file:///etc/passwd",
        "ftp://shop.example",
        "//shop.example",
        "java\tscript:alert(1)",
        "https://shop.example:port/",
        "https://shop.example:99999/",
        "https://[::1/",
        "https://" + "a" * 64 + "é.example/",
        "https://" + "a" * 300 + ".example/",
    ],
)
def test_what_is_no_address_of_the_web_stays_text(text: str) -> None:
    assert links(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "https://bank.example@evil.example/",
        "https://bank.example:443@evil.example/",
        "https://user:password@shop.example/",
        "https://bank.example%2f@evil.example/",
    ],
)
def test_what_only_looks_like_the_server_makes_no_link(text: str) -> None:
    assert links(text) == []


def test_a_backslash_ends_it_for_browsers_read_it_as_a_slash() -> None:
    assert links("https://evil.example\\@bank.example/") == ["https://evil.example"]


@pytest.mark.parametrize("turned", "\u202e\u202d\u2066\u2067\u2069\u200f\u061c\u200b\u2060\xad\x1b")
def test_what_hides_text_or_turns_it_around_ends_it(turned: str) -> None:
    assert links(f"https://evil.example/{turned}gpj.exe") == ["https://evil.example/"]
    assert links(f"{turned}https://shop.example/a") == ["https://shop.example/a"]


def test_foreign_letters_are_told_apart_from_ours() -> None:
    [link] = find_links("https://b\u0430nk.example/")
    assert link == TextPart("https://b\u0430nk.example/", is_link=True, host="xn--bnk-6cd.example")


def test_a_long_text_takes_no_time() -> None:
    assert len(links("https://a.example/ " * 200)) == 200
    assert len(links("https://" * 500)) == 1
    [long] = links("https://a.example/" + "(" * 2_000 + ")" * 1_900)
    assert long.endswith(")")
