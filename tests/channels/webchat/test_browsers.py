import pytest

from channels.webchat.browsers import name_browser

_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_2 like Mac OS X)"
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
            "Firefox on Linux",
        ),
        (f"Mozilla/5.0 (X11; Linux x86_64) {_CHROME} Safari/537.36", "Chrome on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0) {_CHROME} Safari/537.36 Edg/156.0", "Edge on Windows"),
        (f"Mozilla/5.0 (X11; CrOS x86_64) {_CHROME} Safari/537.36 OPR/130.0", "Opera on ChromeOS"),
        (
            f"Mozilla/5.0 (Linux; Android 16; SM) {_CHROME} SamsungBrowser/30.0 Safari/537.36",
            "Samsung Internet on Android",
        ),
        (
            f"{_MAC} {_WEBKIT} Version/26.2 Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            f"{_PHONE} {_WEBKIT} CriOS/156 Safari/604.1",
            "Chrome on iPhone",
        ),
        (
            f"Mozilla/5.0 (iPad; CPU OS 26_2 like Mac OS X) {_WEBKIT} FxiOS/153 Safari/604.1",
            "Firefox on iPad",
        ),
        ("Firefox/1.0 of my own", "Firefox"),
        ("curl/8.5.0", None),
        ("", None),
        ("x" * 600 + "Firefox/1.0", None),
    ],
)
def test_a_browser_has_the_name_that_people_say(user_agent: str, name: str | None) -> None:
    assert name_browser(user_agent) == name


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("<script>alert(1)</script>", None),
        ("Firefox/1\r\nSet-Cookie: a=b; Linux", "Firefox on Linux"),
        ('"><img src=x onerror=alert(1)> Chrome/1 Windows \x1b[31m', "Chrome on Windows"),
    ],
)
def test_only_our_own_words_come_out(user_agent: str, name: str | None) -> None:
    assert name_browser(user_agent) == name
