"""What browsers tell of an input method (IME), and whether its Enter is meant for the page."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

_Told = tuple[str, dict[str, Any]]  # Any: what an event's constructor takes
_END: _Told = ("compositionend", {"data": "日本"})
_ENTER: _Told = ("keydown", {"key": "Enter", "code": "Enter", "keyCode": 13})
_TAKEN: _Told = ("keydown", {"key": "Enter", "code": "Enter", "keyCode": 229})
_COMPOSING: _Told = ("keydown", {**_ENTER[1], "isComposing": True})
_PROCESS: _Told = ("keydown", {"key": "Process", "code": "Enter", "keyCode": 229})
_UP: _Told = ("keyup", {"key": "Enter", "code": "Enter", "keyCode": 13})
_START: _Told = ("compositionstart", {"data": ""})

_CONFIRMING: dict[str, list[_Told]] = {
    "Chromium and Firefox": [_START, _COMPOSING, _END, _UP],
    "Chromium on Windows": [_START, _PROCESS, _END, _UP],
    "Safari": [_START, _END, _TAKEN, _UP],
    "Safari without its code": [_START, _END, _ENTER, _UP],
    "an event that says no code": [_START, _END, ("keydown", {"key": "Enter"}), _UP],
    "the code alone": [("keydown", {"key": "Enter", "keyCode": 229})],
    "the word alone": [("keydown", {"key": "Enter", "isComposing": True})],
}
_SENDING: dict[str, list[_Told]] = {
    "no input method": [_ENTER, _UP],
    "the keystroke after": [_START, _COMPOSING, _END, _UP, _ENTER, _UP],
    "Safari's keystroke after": [_START, _END, _TAKEN, _UP, _ENTER, _UP],
    "Korean on a Mac, twice in one keystroke": [_START, _COMPOSING, _END, _ENTER, _UP],
    "Korean on Windows": [_START, _PROCESS, _END, _ENTER, _UP],
}

ANDROIDS_ENTER = [_START, _END, _ENTER, _UP]
"""On Android alone this is no confirmation: the keyboard ends every word so."""

DROP: list[_Told] = [
    ("compositionend", {}),
    ("keydown", {"key": "Escape", "code": "Escape", "keyCode": 229}),
]
"""The Escape by which a word is dropped."""

keystrokes = pytest.mark.parametrize(
    ("keystrokes", "is_sent"),
    [
        pytest.param(told, is_sent, id=name)
        for is_sent, table in ((False, _CONFIRMING), (True, _SENDING))
        for name, told in table.items()
    ],
)
"""A table of keystrokes for any text field of ours: `keystrokes`, `is_sent`."""


async def type_by_input_method(field: "Locator", keystrokes: list[_Told]) -> None:
    """Let a field hear the keystrokes, all at once as browsers tell them."""
    await field.evaluate(
        """(field, told) => {
          for (const [type, init] of told) {
            const Kind = type.startsWith('key') ? KeyboardEvent : CompositionEvent;
            const all = {bubbles: true, cancelable: true, composed: true, ...init};
            field.dispatchEvent(new Kind(type, all));
          }
        }""",
        keystrokes,
    )


async def confirm_a_word(page: "Page") -> None:
    """Compose, and let the browser tell the end of it before the Enter, as Safari does."""
    tools = await page.context.new_cdp_session(page)
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
    composed = {"text": "にほ", "selectionStart": 2, "selectionEnd": 2}
    await tools.send("Input.imeSetComposition", composed)
    await asyncio.gather(
        tools.send("Input.insertText", {"text": "日本"}),
        tools.send("Input.dispatchKeyEvent", {"type": "keyDown", **enter}),
        tools.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter}),
    )
