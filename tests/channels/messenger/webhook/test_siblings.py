"""One app of Meta's may send to one address what is for several channels."""

import json
from http import HTTPStatus

from channels.meta.readers import Product
from channels.meta.siblings import Siblings
from channels.meta.webhook import MetaWebhook, Signatory
from tests.channels.messenger.deliveries import PAGE, VISITOR, delivery, message
from tests.channels.messenger.webhook.calls import SECRET, Bot, Start, post
from tests.factories import NOON

ACCOUNT = "17841400000000001"
ELSEWHERE = "the secret of another app"


def _other(siblings: Siblings, bot: Bot, secret: str) -> None:
    webhook = MetaWebhook(
        path="/webhooks/pigeons",
        product=Product("pigeons", "loft"),
        signatories=[Signatory((secret,), {ACCOUNT}, None)],
        verify_token=None,
        clock=lambda: NOON,
        observer=bot,
        siblings=siblings,
    )
    webhook.routes(bot.receive)


def _foreign(subject: str) -> bytes:
    item = message() | {"sender": {"id": VISITOR}, "recipient": {"id": ACCOUNT}}
    entry = {"id": ACCOUNT, "time": 1, "messaging": [item]}
    return json.dumps({"object": subject, "entry": [entry]}).encode()


async def test_what_is_a_siblings_is_taken_by_it(
    start: Start, webhook: MetaWebhook, bot: Bot
) -> None:
    sibling = Bot()
    _other(webhook.siblings, sibling, SECRET)
    client = await start(webhook)

    response = await post(client, _foreign("loft"))

    assert (response.status, await response.text()) == (HTTPStatus.OK, "EVENT_RECEIVED")
    [arrival] = sibling.arrivals
    assert arrival.place == ("pigeons", ACCOUNT, VISITOR)
    assert json.loads(arrival.raw)["object"] == "loft"
    assert (bot.arrivals, bot.faults, bot.statuses) == ([], [], [HTTPStatus.OK])


async def test_a_sibling_trusts_its_own_secrets_alone(
    start: Start, webhook: MetaWebhook, bot: Bot
) -> None:
    sibling = Bot()
    _other(webhook.siblings, sibling, ELSEWHERE)
    client = await start(webhook)

    assert (await post(client, _foreign("loft"))).status == HTTPStatus.FORBIDDEN
    assert not sibling.arrivals


async def test_a_siblings_full_house_is_told_to_meta(
    start: Start, webhook: MetaWebhook, bot: Bot
) -> None:
    sibling = Bot(available=False)
    _other(webhook.siblings, sibling, SECRET)
    client = await start(webhook)

    assert (await post(client, _foreign("loft"))).status == HTTPStatus.SERVICE_UNAVAILABLE


async def test_what_is_nobodys_is_counted(start: Start, webhook: MetaWebhook, bot: Bot) -> None:
    _other(webhook.siblings, Bot(), SECRET)
    client = await start(webhook)

    for subject in ("instagram", "user"):
        assert (await post(client, _foreign(subject))).status == HTTPStatus.OK
    assert bot.ignored_kinds == {"instagram": 1, "other_object": 1}


async def test_ours_stays_ours(start: Start, webhook: MetaWebhook, bot: Bot) -> None:
    sibling = Bot()
    _other(webhook.siblings, sibling, SECRET)
    client = await start(webhook)

    await post(client, delivery(message()))

    assert [arrival.place.account for arrival in bot.arrivals] == [PAGE]
    assert not sibling.arrivals
