"""What comes along, and what is left of it."""

from collections import Counter

import pytest

from bot.core.events import VisitorWrote
from tests.channels.messenger.deliveries import delivery, message, only_arrival, only_text, read


def test_of_500_attachments_20_are_kept_and_the_rest_counted() -> None:
    images = [
        {"type": "image", "payload": {"url": f"https://cdn.example.com/{n}"}} for n in range(500)
    ]

    parsed = read(delivery(message(attachments=images)))

    report = only_arrival(parsed).report
    assert isinstance(report, VisitorWrote)
    assert [attachment.url for attachment in report.attachments] == [
        f"https://cdn.example.com/{n}" for n in range(20)
    ]
    assert parsed.ignored == Counter(attachment=480)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.example",
        "My Documents/foo.doc",
        "https://",
        "https://a b",
        "https://a\nb",
        "https://a\0b",
        "https://a\ud800",
        "https://" + "x" * 5_000,
        7,
        None,
        {},
    ],
)
def test_only_addresses_of_the_web_are_kept(url: object) -> None:
    attachment = {"type": "file", "title": "Foo", "payload": {"url": url}}

    [kept] = only_text(delivery(message(attachments=[attachment]))).attachments

    assert (kept.type, kept.title, kept.url) == ("file", "Foo", None)


@pytest.mark.parametrize("latitude", [91, -91, "46", None, True, [46]])
def test_a_place_that_is_not_on_earth_is_none(latitude: object) -> None:
    place = {"type": "location", "payload": {"coordinates": {"lat": latitude, "long": 11.35}}}

    [kept] = only_text(delivery(message(attachments=[place]))).attachments

    assert (kept.latitude, kept.longitude) == (None, None)
