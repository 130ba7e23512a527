"""The fake Graph, asked by the very code that asks the real one."""

import asyncio
from typing import Any, TypeAlias

import pytest

from bot.core.model import VisitorKey
from bot.ports.channels import Profile
from bot.ports.errors import Cause, SendError, Trouble, UndeliverableError
from bot.web.demo.people import PersonKind
from channels.messenger.people import find_places
from channels.messenger.profile import MessengerProfiles
from channels.meta.doctor import read_identity, read_subscriptions, read_token
from channels.meta.graph import (
    GraphAddress,
    GraphRefusedError,
    PageGraph,
    open_app,
    open_pages,
)
from tests.bot.web.demo.browser import Browser
from tests.bot.web.demo.stand_in_bot import APP, PAGE, SECRET, TOKEN, StandInBot

Json: TypeAlias = Any  # what a call carries


def _address(bot: StandInBot) -> GraphAddress:
    return GraphAddress(f"{bot.url}/demo/graph")


def _page(bot: StandInBot, token: str = TOKEN, secret: str | None = SECRET) -> PageGraph:
    return open_pages({PAGE: token}, _address(bot), secret)[PAGE]


async def _refusal_of(graph: PageGraph, path: str, **post: Json) -> tuple[int | None, int | None]:
    with pytest.raises(GraphRefusedError) as caught:
        await asyncio.to_thread(graph.request, path, None, post or None)
    return caught.value.refusal.code, caught.value.refusal.subcode


async def test_what_is_sent_shows_on_the_phone(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join()
    await browser.tell(psid, "messages", text="Hello")
    mid = await bot.send(psid, "Good morning")
    shown = (await browser.look(psid))["person"]["messages"][-1]
    assert (shown["mid"], shown["text"], shown["from_page"]) == (mid, "Good morning", True)


async def test_echo_and_receipt_come_back(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join()
    await browser.tell(psid, "messages", text="Hello")
    mid = await bot.send(psid, "Good morning")
    receipt = await bot.hear_of("delivery")
    assert receipt["delivery"]["mids"] == [mid]
    assert receipt["sender"]["id"] == psid
    echo = bot.events[1]
    assert (echo["sender"]["id"], echo["recipient"]["id"]) == (PAGE, psid)
    assert echo["message"] == {
        "mid": mid,
        "text": "Good morning",
        "is_echo": True,
        "app_id": int(APP),
        "metadata": "ob:7",
    }


async def test_a_stranger_cannot_be_reached(bot: StandInBot, browser: Browser) -> None:
    with pytest.raises(UndeliverableError) as caught:
        await bot.send("7999", "Hello")
    assert caught.value.cause is Cause.RECIPIENT_GONE


async def test_who_never_wrote_cannot_be_written_to(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join()
    with pytest.raises(UndeliverableError) as caught:
        await bot.send(psid, "Hello")
    assert caught.value.cause is Cause.WINDOW_CLOSED


async def test_a_recipient_that_is_no_json_is_refused(bot: StandInBot, browser: Browser) -> None:
    call = {"recipient": "id", "messaging_type": "RESPONSE", "message": {"text": "Hello"}}
    assert await _refusal_of(_page(bot), f"v25.0/{PAGE}/messages", **call) == (100, None)


async def test_another_token_is_refused(bot: StandInBot) -> None:
    assert await _refusal_of(_page(bot, "other"), "v25.0/me") == (190, None)
    call = {"recipient": {"id": "1"}}
    path = f"v25.0/{PAGE}/messages"
    assert await _refusal_of(_page(bot, "other"), path, **call) == (190, None)


async def test_a_wrong_proof_is_refused_and_none_is_fine(bot: StandInBot) -> None:
    assert await _refusal_of(_page(bot, secret="other"), "v25.0/me") == (100, None)  # noqa: S106
    answer = await asyncio.to_thread(_page(bot, secret=None).request, "v25.0/me")
    assert answer["id"] == PAGE


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("v25.0/1234", (100, 33)),
        ("v25.0/1234/subscribed_apps", (100, 33)),
        ("25/me", (2500, None)),
        ("v25.0/me/feed", (2500, None)),
    ],
)
async def test_paths_that_lead_nowhere(
    bot: StandInBot, path: str, refusal: tuple[int, int | None]
) -> None:
    assert await _refusal_of(_page(bot), path) == refusal


async def test_typing_shows_until_the_message_comes(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join()
    await browser.tell(psid, "messages", text="Hello")
    call = {"recipient": {"id": psid}, "sender_action": "typing_on"}
    await asyncio.to_thread(_page(bot).request, f"v25.0/{PAGE}/messages", None, call)
    assert (await browser.look(psid))["person"]["page_types"]
    await bot.send(psid, "Good morning")
    assert not (await browser.look(psid))["person"]["page_types"]


async def test_a_guest_has_no_profile_and_a_member_has(bot: StandInBot, browser: Browser) -> None:
    profiles = MessengerProfiles({PAGE: _page(bot)})
    guest, member = await browser.join(PersonKind.GUEST), await browser.join(PersonKind.MEMBER)
    read = [
        await asyncio.to_thread(profiles.read_profile, VisitorKey("messenger", PAGE, psid))
        for psid in (guest, member)
    ]
    assert read == [Profile(guest=True), Profile("Nora", "Lindqvist")]


async def test_no_profile_tells_an_email(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join(PersonKind.MEMBER_WITH_EMAIL)
    fields = {"fields": "first_name,last_name,email"}
    answer = await asyncio.to_thread(_page(bot).request, f"v25.0/{psid}", fields)
    assert answer.keys() == {"id", "first_name", "last_name"}


async def test_the_doctor_finds_everything_well(bot: StandInBot) -> None:
    page, app = _page(bot), open_app(APP, SECRET, _address(bot))
    identity = await asyncio.to_thread(read_identity, page)
    [subscription] = await asyncio.to_thread(read_subscriptions, page, PAGE)
    token = await asyncio.to_thread(read_token, app, TOKEN)
    assert identity.id == token.page_id == PAGE
    assert subscription.app_id == token.app_id == APP
    assert not subscription.missing_fields
    assert token.valid
    assert not token.missing_scopes


async def test_another_token_is_not_valid(bot: StandInBot) -> None:
    app = open_app(APP, SECRET, _address(bot))
    assert not (await asyncio.to_thread(read_token, app, "other")).valid


async def test_the_app_s_questions_need_the_app_s_token(bot: StandInBot) -> None:
    app = open_app(APP, SECRET, _address(bot))
    assert await asyncio.to_thread(find_places, app, "55", [PAGE]) == []
    with pytest.raises(SendError) as caught:
        await asyncio.to_thread(find_places, _page(bot), "55", [PAGE])
    assert caught.value.trouble is Trouble.CREDENTIALS
