"""The page of webhooks: who may look after it, and what it refuses."""

import pytest

from tests.bot.notifications.bureau import Bureau
from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import read, words
from tests.office import Office
from tests.targets import running_target

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
URL = "https://programs.example.com/hook"


async def add(browser: Browser, url: str = URL, **fields: str) -> int:
    response = await browser.post("/inbox/webhooks", {"url": url, **fields})
    return response.status


async def test_an_admin_adds_a_program_and_sees_its_secret(jonas: Browser, office: Office) -> None:
    response = await jonas.post("/inbox/webhooks", {"url": URL, "event": "message.created"})
    assert response.status == 303
    [program] = office.rows("webhook_endpoints")
    assert program["events"] == ["message.created"]
    page = await read(jonas, response.headers["Location"])
    assert URL in page
    assert program["secret"] in page
    assert URL in await read(jonas, "/inbox/webhooks")


async def test_a_program_hears_all_if_nothing_is_chosen(jonas: Browser, office: Office) -> None:
    await add(jonas)
    assert len(office.rows("webhook_endpoints")[0]["events"]) == 7


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:6379/",
        "http://metadata/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.7/hook",
        "ftp://programs.example.com/",
        "https://ann:secret@programs.example.com/",
        "https://programs.example.com/" + "a" * 5_000,
        "https://programs.example.com:25/",
        "javascript:alert(1)",
        "",
    ],
)
async def test_an_address_that_may_not_be_is_refused(
    jonas: Browser, office: Office, url: str
) -> None:
    assert await add(jonas, url) == 422
    assert office.count("webhook_endpoints") == 0


async def test_an_unknown_event_is_refused(jonas: Browser) -> None:
    assert await add(jonas, event="everything") == 422


async def test_an_agent_who_is_no_admin_sees_nothing_of_it(maya: Browser, office: Office) -> None:
    bureau = Bureau(office)
    bureau.add_program(URL, "message.created")
    [program] = office.rows("webhook_endpoints")
    for path in ("/inbox/webhooks", f"/inbox/webhooks/{program['id']}"):
        assert (await maya.get(path)).status in {403, 404}
    assert await add(maya) in {403, 404}


async def test_a_program_is_switched_off_on_and_removed(jonas: Browser, office: Office) -> None:
    await add(jonas)
    path = f"/inbox/webhooks/{office.rows('webhook_endpoints')[0]['id']}"
    for act, state in (("off", "off"), ("on", "on")):
        assert (await jonas.post(f"{path}/{act}")).status == 303
        assert office.rows("webhook_endpoints")[0]["state"] == state
    assert (await jonas.post(f"{path}/remove")).status == 303
    assert office.count("webhook_endpoints") == 0
    assert (await jonas.get(path)).status == 404
    assert [row["action"] for row in office.rows("audit")][-4:] == [
        "webhook.added",
        "webhook.off",
        "webhook.on",
        "webhook.removed",
    ]


async def test_a_delivery_is_seen_and_sent_again(jonas: Browser, office: Office) -> None:
    bureau = Bureau(office)
    office.set_rules(announces=True)
    with running_target(lambda wire: wire.answer(410)) as target:
        bureau.add_program(target.url, "message.created")
        bureau.write("Hello")
        [program] = office.rows("webhook_endpoints")
        path = f"/inbox/webhooks/{program['id']}"
        page = words(await read(jonas, path))
        assert "gone (410)" in page
        target.behaviour = lambda wire: wire.answer(200)
        await jonas.post(f"{path}/on")
        [errand] = bureau.errands("webhook")
        again = await jonas.post(f"{path}/deliveries/{errand['id']}")
        assert again.status == 303
        bureau.work()
        assert len(target.received) == 2
    assert "taken" in words(await read(jonas, path))


async def test_a_delivery_of_another_program_is_not_sent(jonas: Browser, office: Office) -> None:
    await add(jonas)
    path = f"/inbox/webhooks/{office.rows('webhook_endpoints')[0]['id']}"
    office.write("Hello")  # orders the looking up of a profile
    other = office.rows("outbox")[0]["id"]
    assert (await jonas.post(f"{path}/deliveries/{other}")).status == 409
