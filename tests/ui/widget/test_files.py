"""Files in the chat, by each way in: chosen, dropped and pasted; offline, and after a reload."""

import base64

import pytest
from playwright.async_api import FilePayload, Locator, expect

from tests.bot.edge.pictures import picture, turned_with_a_place
from tests.ui.axe import violations
from tests.ui.widget.chat import Chat
from tests.ui.widget.shop import Visitor

PDF = FilePayload(
    name="invoice.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 " + bytes(2_000)
)
PHOTO = FilePayload(name="part.jpg", mimeType="image/jpeg", buffer=turned_with_a_place())
_HAND_OVER = """
(field, [way, bytes]) => {
  const held = new DataTransfer();
  const body = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  held.items.add(new File([body], "shot.png", { type: "image/png" }));
  const more = { bubbles: true, cancelable: true, dataTransfer: held, clipboardData: held };
  const kinds = { drop: DragEvent, paste: ClipboardEvent };
  field.dispatchEvent(new kinds[way](way, more));
}
"""


def waiting(visitor: Visitor) -> Locator:
    return visitor.frame.locator("#tray li")


async def choose(visitor: Visitor, *files: FilePayload) -> None:
    await visitor.frame.locator("#files").set_input_files(list(files))


async def test_a_photo_and_a_letter_are_sent_with_words_and_shown(
    visitor: Visitor, chat: Chat
) -> None:
    await visitor.open()
    await choose(visitor, PHOTO, PDF)
    await expect(waiting(visitor)).to_have_count(2)
    await expect(visitor.frame.locator("#tray img")).to_have_js_property("naturalWidth", 40)
    await visitor.write("This one is broken")
    await visitor.sent()
    await expect(waiting(visitor)).to_have_count(0)
    shown = visitor.own.locator(".file img")
    await expect(shown).to_have_js_property("naturalHeight", 60)
    await expect(visitor.own.locator(".keep")).to_contain_text("invoice.pdf")
    assert await violations(visitor.page) == []
    async with visitor.page.expect_download() as download:
        await visitor.own.locator(".keep").click()
    assert (await download.value).suggested_filename == "invoice.pdf"
    await shown.click()
    await expect(visitor.frame.locator("#viewer")).to_be_visible()
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.frame.locator("#viewer")).to_have_count(0)
    await visitor.load()
    await expect(visitor.own.locator(".file img")).to_have_js_property("naturalWidth", 40)
    assert chat.texts() == ["This one is broken"]


@pytest.mark.parametrize("way", ["drop", "paste"])
async def test_a_picture_that_is_handed_over_is_sent_without_words(
    visitor: Visitor, way: str
) -> None:
    await visitor.open()
    shot = base64.b64encode(picture("PNG")).decode()
    await visitor.field.evaluate(_HAND_OVER, [way, shot])
    await expect(waiting(visitor)).to_have_count(1)
    await visitor.frame.get_by_role("button", name="Send message").click()
    await visitor.sent()
    await expect(visitor.own.locator(".file img")).to_have_js_property("naturalWidth", 60)


async def test_what_is_refused_says_so_and_what_failed_may_be_tried_again(
    visitor: Visitor, chat: Chat
) -> None:
    await visitor.open()
    lie = FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=b"%PDF-1.7")
    large = FilePayload(name="film.mp4", mimeType="video/mp4", buffer=bytes(11 * 1024 * 1024))
    await choose(visitor, lie, large)
    await expect(waiting(visitor).nth(0)).to_contain_text("This file can't be sent")
    await expect(waiting(visitor).nth(1)).to_contain_text("Larger than 10 MB")
    for _ in range(2):
        await visitor.frame.get_by_role("button", name="Remove").first.click()
    await chat.stop()
    await choose(visitor, PDF)
    again = visitor.frame.get_by_role("button", name="Try again")
    await again.wait_for()
    await chat.start()
    await again.click()
    await expect(waiting(visitor)).to_contain_text("2 KB")
    await choose(visitor, *[PDF] * 5)
    await expect(waiting(visitor)).to_have_count(5)


async def test_what_waits_outlives_a_reload(visitor: Visitor, chat: Chat) -> None:
    await visitor.open()
    await choose(visitor, PDF)
    await expect(waiting(visitor)).to_contain_text("2 KB")
    await visitor.load()
    await visitor.open()
    await expect(waiting(visitor)).to_contain_text("2 KB")
    await chat.stop()
    await visitor.write("Sent while nobody was there")
    await visitor.state("Waiting for connection…").wait_for()
    await chat.start()
    await visitor.sent()
    await expect(visitor.own.locator(".keep")).to_contain_text("invoice.pdf")
