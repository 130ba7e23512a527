"""Template messages are told whole: texts, elements and labels, and nothing behind buttons."""

import pytest

from bot.core.arrivals import EchoSeen
from tests.channels.messenger.deliveries import delivery, message, only_arrival, read

_BUTTONS = [
    {"type": "web_url", "title": "Shop", "url": "https://shop.example/boots"},
    {"type": "postback", "title": "Track", "payload": "SECRET_STATE"},
    {"type": "phone_number", "title": "Call", "payload": "+4312345"},
    "odd",
]


def echoed(template: dict[str, object], text: str = "") -> list[tuple[str, str | None]]:
    card = {"type": "template", **template}
    said = message(text=text, is_echo=True, app_id="555", attachments=[card])
    said["sender"], said["recipient"] = said["recipient"], said["sender"]
    report = only_arrival(read(delivery(said))).report
    assert isinstance(report, EchoSeen)
    return [(each.type, each.title) for each in report.attachments]


@pytest.mark.parametrize(
    ("card", "lines"),
    [
        (
            {
                "title": "Choose",
                "payload": {"template_type": "button", "text": "Choose", "buttons": _BUTTONS},
            },
            ["Choose", "[Shop] https://shop.example/boots", "[Track]", "[Call]"],
        ),
        (
            {
                "title": "Boots, Socks",
                "payload": {
                    "template_type": "generic",
                    "elements": [
                        {"title": "Boots", "subtitle": "Red", "buttons": _BUTTONS[:1]},
                        {"title": "Socks", "image_url": "https://cdn.example/x.png"},
                    ],
                },
            },
            ["Boots \u2013 Red", "[Shop] https://shop.example/boots", "Socks"],
        ),
        ({"payload": {"generic": {"elements": [{"title": "Newer"}]}}}, ["Newer"]),
        ({"payload": {"product": {"elements": [{"title": "A"}, {"title": "B"}]}}}, ["A", "B"]),
        ({"title": "Your order", "payload": {"template_type": "receipt"}}, ["Your order"]),
        ({"payload": {"template_type": "media", "elements": [{"attachment_id": 5}]}}, ["(card)"]),
        ({"payload": None}, ["(card)"]),
        ({"payload": {"elements": 7, "buttons": "x", "text": ["y"]}}, ["(card)"]),
    ],
)
def test_a_card_is_told_line_by_line(card: dict[str, object], lines: list[str]) -> None:
    assert echoed(card) == [("template", "\n".join(lines))]


def test_what_the_message_says_itself_stands_once() -> None:
    payload = {"template_type": "button", "text": "Choose one", "buttons": _BUTTONS[1:2]}
    assert echoed({"title": "Choose one", "payload": payload}, "Choose  one") == [
        ("template", "[Track]")
    ]
    assert echoed({"payload": {"text": "Choose one"}}, "Choose one") == []


def test_a_card_has_its_bounds() -> None:
    elements = [{"title": f"{number} " + "x" * 900} for number in range(40)]
    [(_, title)] = echoed({"payload": {"elements": elements}})
    assert title
    assert len(title) == 2_000
    [(_, few)] = echoed({"payload": {"elements": [{"title": str(n)} for n in range(40)]}})
    assert few == "\n".join(map(str, range(10)))
