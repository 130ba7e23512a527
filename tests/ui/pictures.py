"""Compares what the browser shows with how it looked when somebody last approved of it."""

import os
import shutil
import subprocess
from base64 import b64encode
from functools import cache
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

_SHOTS = Path(__file__).parent / "shots"
_MADE_WITH = _SHOTS / "chromium"
_IS_UPDATE = "UPDATE_SHOTS" in os.environ
_TOLERATED = 0.002
_FONTS = ("Inter", "Noto Color Emoji", "DejaVu Sans")  # the last for Arabic and Hebrew
_DIFFERENT = """
async ([before, now]) => {
  const pixels = async png => {
    const answer = await fetch(`data:image/png;base64,${png}`);
    const bitmap = await createImageBitmap(await answer.blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  };
  const [one, two] = [await pixels(before), await pixels(now)];
  if (one.width !== two.width || one.height !== two.height) return 1;
  let different = 0;
  for (let at = 0; at < one.data.length; at += 4) {
    const far = [0, 1, 2].some(c => Math.abs(one.data[at + c] - two.data[at + c]) > 24);
    if (far) different += 1;
  }
  return different / (one.width * one.height);
}
"""


def skip_unless_comparable(browser: Browser) -> None:
    """Pictures are equal only with the same Chromium and the same fonts."""
    if reason := why_incomparable(browser):
        pytest.skip(reason)


def why_incomparable(browser: Browser) -> str:
    """Say why no picture could be equal here; nothing where it could."""
    major = browser.version.partition(".")[0]
    if _IS_UPDATE:
        _MADE_WITH.write_text(f"{major}\n")
    if (made_with := _MADE_WITH.read_text().strip()) != major:
        return f"the pictures were made with Chromium {made_with}, this is {major}"
    missing = [family for family in _FONTS if not _has_font(family)]
    return f"the pictures show fonts that are not installed: {missing}" if missing else ""


async def assert_looks_the_same(page: Page, name: str, left: int = 0) -> None:
    """Fail if the page, from `left` on, differs from its picture.

    `UPDATE_SHOTS=1` approves of what is there.
    """
    path = _SHOTS / f"{name}.png"
    size = page.viewport_size or {"width": 0, "height": 0}
    now = await page.screenshot(
        animations="disabled",
        caret="hide",
        clip={"x": left, "y": 0, "width": size["width"] - left, "height": size["height"]},
    )
    if _IS_UPDATE and not path.exists():
        path.write_bytes(now)
    different = await _share_of_difference(page, path.read_bytes(), now)
    if _IS_UPDATE and different:
        path.write_bytes(now)
        return
    if different > _TOLERATED:
        path.with_suffix(".new.png").write_bytes(now)
    assert different <= _TOLERATED, f"{name}: {different:.2%} of the pixels differ"


async def _share_of_difference(page: Page, before: bytes, now: bytes) -> float:
    if before == now:
        return 0.0
    blank = await page.context.new_page()
    pictures = [b64encode(picture).decode() for picture in (before, now)]
    different: float = await blank.evaluate(_DIFFERENT, pictures)
    await blank.close()
    return different


@cache
def _has_font(family: str) -> bool:
    listing = shutil.which("fc-list")
    if listing is None:
        return False
    found = subprocess.run([listing, family], capture_output=True, check=False)
    return bool(found.stdout.strip())
