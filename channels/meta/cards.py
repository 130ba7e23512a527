"""Template messages (cards) as text: what the visitor reads of them, and nothing behind buttons."""

from collections.abc import Iterator

from channels.meta.texts import JsonObject, clean, object_of

_MOST_ELEMENTS = 10
_MOST_BUTTONS = 10
_LONGEST = 2_000
_DASH = " \u2013 "
_UNKNOWN = "(card)"


def describe_card(item: JsonObject, said: str) -> str | None:
    """Write a template's text, its elements and the labels of its buttons, each on a line.

    What the message says itself is not repeated; None: nothing is left. Of links the address is
    written, of other buttons the label alone.
    """
    lines = list(dict.fromkeys(filter(None, _lines(item))))
    if not lines:
        return _UNKNOWN
    left = [line for line in lines if line != " ".join(said.split())]
    return "\n".join(left)[:_LONGEST] if left else None


def _lines(item: JsonObject) -> Iterator[str]:
    payload = object_of(item.get("payload"))
    text = _words(payload, "text")
    elements = [each for template in _templates(payload) for each in _objects(template, "elements")]
    if not (text or any(_words(each, "title") for each in elements)):
        yield _words(item, "title") or _words(payload, "title")
    yield text
    yield from _buttons(payload)
    for element in elements[:_MOST_ELEMENTS]:
        yield _DASH.join(filter(None, (_words(element, "title"), _words(element, "subtitle"))))
        yield from _buttons(element)


def _templates(payload: JsonObject) -> tuple[JsonObject, ...]:
    return (payload, object_of(payload.get("generic")), object_of(payload.get("product")))


def _buttons(of: JsonObject) -> Iterator[str]:
    for button in _objects(of, "buttons")[:_MOST_BUTTONS]:
        label, url = _words(button, "title"), _words(button, "url")
        is_link = url.lower().startswith(("http://", "https://"))
        if label or is_link:
            yield f"[{label}] {url}".strip() if is_link else f"[{label}]"


def _objects(of: JsonObject, name: str) -> list[JsonObject]:
    value = of.get(name)
    return [object_of(each) for each in value] if isinstance(value, list) else []


def _words(of: JsonObject, name: str) -> str:
    value = of.get(name)
    return " ".join(clean(value[:_LONGEST]).split()) if isinstance(value, str) else ""
