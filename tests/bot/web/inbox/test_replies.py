"""Saved replies."""

import pytest

from tests.bot.web.inbox.browsers import Browser

HOSTILE = "<script>alert(1)</script>"


async def listed(browser: Browser) -> list[dict[str, str]]:
    response = await browser.get("/inbox/replies.json")
    assert response.content_type == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    return list((await response.json())["replies"])


async def keep(browser: Browser, shortcut: str, text: str, id: str = "") -> int:
    form = {"shortcut": shortcut, "text": text}
    return (await browser.post(f"/inbox/replies{id}", form)).status


async def test_a_reply_is_kept_for_the_whole_team(maya: Browser, jonas: Browser) -> None:
    assert await keep(maya, " /Thanks ", "Thank you, we are on it.") == 303
    assert await keep(maya, "hours", "We are here from 9 to 5.") == 303
    assert await listed(jonas) == [
        {"shortcut": "hours", "text": "We are here from 9 to 5."},
        {"shortcut": "thanks", "text": "Thank you, we are on it."},
    ]


async def test_a_reply_is_changed_and_deleted(maya: Browser) -> None:
    await keep(maya, "hours", "9 to 5")
    [kept] = maya.parts.inbox.saved_replies.list()
    assert await keep(maya, "times", "9 to 6", f"/{kept.id}") == 303
    assert await listed(maya) == [{"shortcut": "times", "text": "9 to 6"}]
    assert (await maya.post(f"/inbox/replies/{kept.id}/delete")).status == 303
    assert (await maya.post(f"/inbox/replies/{kept.id}/delete")).status == 303
    assert await listed(maya) == []
    assert await keep(maya, "times", "9 to 7", f"/{kept.id}") == 404


async def test_two_replies_do_not_share_a_shortcut(maya: Browser) -> None:
    await keep(maya, "hours", "9 to 5")
    await keep(maya, "thanks", "Thanks.")
    assert await keep(maya, "hours", "9 to 6") == 409
    [hours, _] = maya.parts.inbox.saved_replies.list()
    assert await keep(maya, "THANKS", "9 to 6", f"/{hours.id}") == 409
    assert await keep(maya, "hours", "9 to 6", f"/{hours.id}") == 303


@pytest.mark.parametrize(
    ("shortcut", "text"),
    [
        ("", "x"),
        ("two words", "x"),
        ("a" * 31, "x"),
        (HOSTILE, "x"),
        ("ok", " "),
        ("ok", "x" * 4_001),
        ("ok", "a\0b"),
    ],
)
async def test_what_will_not_do_is_said_and_what_was_typed_stays(
    maya: Browser, shortcut: str, text: str
) -> None:
    form = {"shortcut": shortcut, "text": text}
    response = await maya.post("/inbox/replies", form)
    page = await response.text()
    assert response.status == 422
    assert 'role="alert"' in page
    assert text[:10].strip("\0 ").partition("\0")[0] in page
    assert HOSTILE not in page
    assert await listed(maya) == []


async def test_a_reply_is_shown_as_text(maya: Browser) -> None:
    await keep(maya, "hostile", f"</textarea>{HOSTILE}\"'")
    page = await (await maya.get("/inbox/replies")).text()
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    [reply] = await listed(maya)
    assert reply["text"] == f"</textarea>{HOSTILE}\"'"


@pytest.mark.parametrize("id", ["0", "9" * 30, "٣"])
async def test_a_reply_that_is_not_there_is_not_found(maya: Browser, id: str) -> None:
    assert await keep(maya, "hours", "9 to 5", f"/{id}") == 404
