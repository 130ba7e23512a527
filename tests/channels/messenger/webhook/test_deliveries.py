"""Deliveries as Meta posts them, and as others would like to."""

import json
import logging
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.arrivals import Fault
from channels.messenger.product import PATH
from channels.meta.signature import sign
from channels.meta.webhook import MetaWebhook
from tests.channels.messenger.deliveries import RECEIVED_AT, delivery, event, message, recording
from tests.channels.messenger.webhook.calls import (
    HELLO,
    SECRET,
    TOKEN,
    Bot,
    Client,
    Start,
    post,
    refused,
)


async def test_a_signed_delivery_is_received_before_it_is_acknowledged(
    client: Client, bot: Bot
) -> None:
    response = await post(client, HELLO)

    assert (response.status, await response.text()) == (200, "EVENT_RECEIVED")
    assert response.content_type == "text/plain"
    assert [arrival.key for arrival in bot.arrivals] == ["m_text"]
    assert bot.statuses == [200]


async def test_the_signature_is_that_of_the_bytes_as_they_came(client: Client, bot: Bot) -> None:
    response = await post(client, recording("text_escaped_by_meta"))

    assert response.status == 200
    assert bot.calls == 1


@pytest.mark.parametrize("body", [b"<xml/>", b"", b"null", b"[]", b'"x"', b"1"])
async def test_signed_nonsense_is_received_as_a_fault(
    client: Client, bot: Bot, body: bytes
) -> None:
    response = await post(client, body)

    assert response.status == 200
    assert bot.faults == [Fault(body, "not_an_envelope")]


async def test_what_is_not_for_us_is_counted_and_acknowledged(client: Client, bot: Bot) -> None:
    stray = event(message={"text": "x"}, recipient={"id": "999"})

    response = await post(client, delivery(event(reaction={}), stray, stray))

    assert response.status == 200
    assert bot.ignored_kinds == Counter(reaction=1, unknown_page=2)
    assert bot.calls == 0


@pytest.mark.parametrize(
    "signatures",
    [
        pytest.param([], id="W01"),
        pytest.param([sign("another app's secret", HELLO)], id="W02"),
        pytest.param([sign(SECRET, HELLO)[:-1]], id="W04"),
        pytest.param([f"{sign(SECRET, HELLO)}0"], id="W05"),
        pytest.param([sign(SECRET, HELLO).upper()], id="W05-upper"),
        pytest.param(["sha256=0", sign(SECRET, HELLO)], id="W07"),
        pytest.param([sign(SECRET, HELLO), "sha256=0"], id="W07-reversed"),
        pytest.param([sign(SECRET, json.dumps(json.loads(HELLO)).encode())], id="W08"),
        pytest.param(["sha256=\xff"], id="latin"),
    ],
)
async def test_a_bad_signature_is_refused(client: Client, bot: Bot, signatures: list[str]) -> None:
    headers = [("X-Hub-Signature-256", signature) for signature in signatures]

    await refused(bot, await client.post(PATH, data=HELLO, headers=headers), 403)
    assert bot.statuses == [403]


async def test_the_legacy_signature_alone_is_refused(client: Client, bot: Bot) -> None:
    headers = {"X-Hub-Signature": sign(SECRET, HELLO)}

    await refused(bot, await client.post(PATH, data=HELLO, headers=headers), 403)


async def test_while_nothing_can_be_stored_meta_is_asked_to_come_again(
    client: Client, bot: Bot
) -> None:
    bot.available = False

    response = await post(client, delivery(message(), event(reaction={})))

    await refused(bot, response, 503)
    assert int(response.headers["Retry-After"]) > 0
    assert bot.ignored_kinds == Counter()
    assert bot.statuses == [503]


async def test_bad_signatures_are_all_counted_and_rarely_logged(
    client: Client, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)

    for _ in range(50):
        await client.post(PATH, data=HELLO, headers={"X-Hub-Signature-256": "sha256=0"})

    assert bot.statuses == [403] * 50
    assert len(caplog.records) == 1
    assert "Hello" not in caplog.text


async def test_the_next_warning_says_how_many_there_were(
    start: Start,
    webhook: MetaWebhook,
    caplog: pytest.LogCaptureFixture,
) -> None:
    times = [RECEIVED_AT + timedelta(seconds=second) for second in (0, 1, 2, 11)]
    client = await start(replace(webhook, clock=iter(times).__next__))

    for _ in times:
        await client.post(PATH, data=HELLO)

    assert [vars(record)["count"] for record in caplog.records] == [1, 3]


def test_no_secret_shows_when_the_webhook_is_printed(webhook: MetaWebhook) -> None:
    assert SECRET not in repr(webhook)
    assert TOKEN not in repr(webhook)


async def test_the_next_secret_is_good_already(client: Client, bot: Bot) -> None:
    headers = {"X-Hub-Signature-256": sign("the next secret", HELLO)}

    assert (await client.post(PATH, data=HELLO, headers=headers)).status == 200
    assert bot.calls == 1


async def test_an_app_speaks_for_its_own_pages_only(client: Client, bot: Bot) -> None:
    body = recording("batch_for_two_pages")
    headers = {"X-Hub-Signature-256": sign("the other app's secret", body)}

    assert (await client.post(PATH, data=body, headers=headers)).status == 200
    assert [arrival.key for arrival in bot.arrivals] == ["m_three"]
    assert bot.ignored_kinds == Counter(unknown_page=3)


async def test_one_empty_body_after_the_other_is_refused_alike(client: Client) -> None:
    answers = [await client.post(PATH) for _ in range(3)]
    assert [answer.status for answer in answers] == [403] * 3
