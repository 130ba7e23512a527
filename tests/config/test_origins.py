"""Host names and origins in one form, however they are written."""

import pytest

from config.origins import (
    is_loopback,
    is_same_origin,
    normalise_host,
    normalise_origin,
    read_origin,
)

NAME = "chat.example.com"


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("https://chat.example.com", "https://chat.example.com"),
        ("https://chat.example.com/", "https://chat.example.com"),
        ("HTTPS://Chat.Example.com", "https://chat.example.com"),
        ("https://chat.example.com:443", "https://chat.example.com"),
        ("https://chat.example.com:0443/", "https://chat.example.com"),
        ("https://chat.example.com:", "https://chat.example.com"),
        ("https://chat.example.com.", "https://chat.example.com"),
        ("https://chat.example.com.:443", "https://chat.example.com"),
        ("https://chat.example.com:80", "https://chat.example.com:80"),
        ("http://chat.example.com:80", "http://chat.example.com"),
        ("http://chat.example.com:443", "http://chat.example.com:443"),
        ("https://exämple.com", "https://xn--exmple-cua.com"),
        ("https://EXÄMPLE.com:443/", "https://xn--exmple-cua.com"),
        ("https://xn--exmple-cua.com", "https://xn--exmple-cua.com"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("https://例え。テスト", "https://xn--r8jz45g.xn--zckzah"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://[2001:DB8:0::1]:8080", "http://[2001:db8::1]:8080"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://my_host:8080", "http://my_host:8080"),
    ],
)
def test_an_origin_has_one_form(written: str, form: str) -> None:
    assert normalise_origin(written) == form
    assert normalise_origin(form) == form
    scheme, _, host = form.partition("://")
    assert normalise_host(host, scheme) == host


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        NAME,
        "ftp://chat.example.com",
        "https://",
        "https://:443",
        "https://chat.example.com:0",
        "https://chat.example.com:65536",
        "https://chat.example.com:port",
        "https://chat.example.com/path",
        "https://chat.example.com?query",
        "https://chat.example.com#part",
        "https://ann:secret@chat.example.com",
        "https://@chat.example.com",
        "https://*.example.com",
        "https://chat..example.com",
        "https://.example.com",
        "https://-.example.com",
        "https://chat example.com",
        "https://chat.exa\nmple.com",
        "https://chat.example.com\\evil",
        "https://chat%2eexample.com",
        "https://[::1",
        "https://[fe80::1%25eth0]",
        f"https://{'a' * 64}.com",
        f"https://{'a.' * 127}com",
        f"https://{'ä' * 9_000}.com",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        normalise_origin(text)
    assert read_origin(text) == ""
    assert not is_same_origin(text, f"https://{NAME}")


@pytest.mark.parametrize(
    ("header", "scheme", "form"),
    [
        (NAME, "https", NAME),
        ("Chat.Example.COM", "https", NAME),
        ("chat.example.com:443", "https", NAME),
        ("chat.example.com.", "https", NAME),
        ("chat.example.com.:443", "https", NAME),
        ("chat.example.com:80", "https", "chat.example.com:80"),
        ("chat.example.com:80", "http", NAME),
        ("localhost:8080", "http", "localhost:8080"),
        ("[::1]:8080", "http", "[::1]:8080"),
    ],
)
def test_a_host_header_has_one_form(header: str, scheme: str, form: str) -> None:
    assert normalise_host(header, scheme) == form


@pytest.mark.parametrize(
    "header", ["", "a/b", "a?b", "a#b", "ann@a", "a:b:c", "a b", "a,b", "[::1"]
)
def test_what_is_no_host_header_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        normalise_host(header, "https")


def test_a_browsers_origin_may_name_the_usual_port_or_end_in_a_dot_but_has_no_path() -> None:
    ours = f"https://{NAME}"
    assert is_same_origin(f"https://{NAME.upper()}:443", ours)
    assert is_same_origin(f"{ours}.", ours)
    for other in (f"{ours}/", f"http://{NAME}", f"{ours}:444", f"{ours}.evil.example", "null"):
        assert not is_same_origin(other, ours)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LocalHost.", True),
        ("shop.localhost", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),  # noqa: S104 - only a text here
        ("::", False),
        ("localhost.example.com", False),
        ("notlocalhost", False),
        ("::ffff:10.0.0.1", False),
        ("db", False),
        ("", False),
    ],
)
def test_a_loopback_host_is_known_by_name_and_address(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected
