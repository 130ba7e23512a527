"""What fingers do, and the signed webhooks that come of it."""

import hashlib
import hmac

import pytest

from bot.web.demo.people import PersonKind
from tests.bot.web.demo.browser import Browser
from tests.bot.web.demo.stand_in_bot import PAGE, SECRET, StandInBot


async def test_every_webhook_carries_meta_s_signature(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join(PersonKind.GUEST)
    await browser.tell(psid, "messages", text="Write to ada@example.com / now <ok> 100% \U0001f600")
    assert len(bot.deliveries) == 2
    for delivery in bot.deliveries:
        expected = hmac.new(SECRET.encode(), delivery.body, hashlib.sha256).hexdigest()
        assert delivery.headers["X-Hub-Signature-256"] == f"sha256={expected}"
        assert delivery.headers["Content-Type"] == "application/json"


async def test_a_message_arrives_as_meta_would_bring_it(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join()
    state = (await browser.tell(psid, "messages", text=" Hello ")).json
    [event] = bot.events
    assert (event["sender"], event["recipient"]) == ({"id": psid}, {"id": PAGE})
    [shown] = state["person"]["messages"]
    assert event["message"] == {"mid": shown["mid"], "text": "Hello"}
    assert shown["is_taken"]


async def test_a_guest_is_announced_once_and_first(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join(PersonKind.GUEST)
    for text in ("Hello", "Anybody?"):
        await browser.tell(psid, "messages", text=text)
    kinds = [set(event) - {"sender", "recipient", "timestamp"} for event in bot.events]
    assert kinds == [{"referral"}, {"message"}, {"message"}]
    assert bot.events[0]["referral"]["source"] == "CUSTOMER_CHAT_PLUGIN"
    assert bot.events[0]["referral"]["is_guest_user"] is True


async def test_a_tap_on_the_email_brings_it_twice(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join(PersonKind.MEMBER_WITH_EMAIL)
    await browser.tell(psid, "messages", text="Hello")
    await bot.ask(psid)
    email, decline = (await browser.look(psid))["person"]["chips"]
    assert decline["title"] == "No thanks"
    await browser.tell(psid, "taps", payload=email["payload"])
    message = bot.events[-1]["message"]
    assert message["text"] == message["quick_reply"]["payload"] == email["title"]


async def test_no_thanks_brings_its_own_payload(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join()
    await browser.tell(psid, "messages", text="Hello")
    await bot.ask(psid)
    await browser.tell(psid, "taps", payload="capture:decline")
    message = bot.events[-1]["message"]
    assert (message["text"], message["quick_reply"]["payload"]) == ("No thanks", "capture:decline")


async def test_what_is_not_shown_cannot_be_tapped(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join()
    await browser.tell(psid, "messages", text="Hello")
    answer = await browser.tell(psid, "taps", payload="capture:decline")
    assert (answer.status, len(bot.events)) == (409, 1)


async def test_an_edit_is_numbered_and_ends_after_five(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join()
    state = (await browser.tell(psid, "messages", text="Hello")).json
    mid = state["person"]["messages"][0]["mid"]
    statuses = [
        (await browser.tell(psid, "edits", mid=mid, text=f"Hello {n}")).status for n in range(6)
    ]
    assert statuses == [200] * 5 + [409]
    assert bot.events[-1]["message_edit"] == {"mid": mid, "text": "Hello 4", "num_edit": 5}


async def test_an_unsent_message_is_gone_for_good(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join()
    state = (await browser.tell(psid, "messages", text="Hello")).json
    mid = state["person"]["messages"][0]["mid"]
    statuses = [(await browser.tell(psid, "unsent", mid=mid)).status for _ in range(2)]
    assert statuses == [200, 409]
    assert bot.events[-1]["message"] == {"mid": mid, "is_deleted": True}


async def test_what_the_page_wrote_is_read_once(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join()
    await browser.tell(psid, "messages", text="Hello")
    await bot.send(psid, "Good morning")
    for _ in range(2):
        await browser.tell(psid, "seen")
    reads = [event for event in bot.events if "read" in event]
    assert [read["sender"]["id"] for read in reads] == [psid]
    assert not (await browser.look(psid))["person"]["has_unseen"]


async def test_like_meta_it_tries_again_at_once(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join()
    bot.answers = [503, 503]
    state = (await browser.tell(psid, "messages", text="Hello")).json
    assert len({delivery.body for delivery in bot.deliveries}) == 1
    outcomes = [each["outcome"].split(" ")[0] for each in state["person"]["happenings"]]
    assert outcomes == ["503", "503", "200"]
    assert state["person"]["messages"][0]["is_taken"]


@pytest.mark.parametrize("status", [403, 503])
async def test_a_message_that_is_not_taken_says_so(
    bot: StandInBot, browser: Browser, status: int
) -> None:
    psid = await browser.join()
    bot.answers = [status] * 3
    state = (await browser.tell(psid, "messages", text="Hello")).json
    assert len(bot.deliveries) == 3
    assert not state["person"]["messages"][0]["is_taken"]
    assert not any(each["is_good"] for each in state["person"]["happenings"])


async def test_nobody_at_the_door_is_an_answer_too(bot: StandInBot, browser: Browser) -> None:
    psid = await browser.join()
    bot.url = "http://127.0.0.1:1"
    state = (await browser.tell(psid, "messages", text="Hello")).json
    assert {each["outcome"] for each in state["person"]["happenings"]} == {"no answer"}
