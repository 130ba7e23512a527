"""How agents choose to be told, and what browsers are given and may give."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import read, read_refusal
from tests.office import Office

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


def plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def a_point() -> str:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    encoding, form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    return plain(point.public_bytes(encoding, form))


DEVICE = {
    "endpoint": "https://push.example.com/abc",
    "p256dh": a_point(),
    "auth": plain(b"0123456789abcdef"),
}


async def test_wishes_are_kept(maya: Browser, office: Office) -> None:
    chosen = {"push": "on", "quiet_from": "22:00", "quiet_to": "07:00", "zone": "Europe/Rome"}
    response = await maya.post("/inbox/notifications", chosen)
    assert response.status == 303
    [row] = office.rows("notice_wishes")
    assert (row["push"], row["mail"], row["zone"]) == (True, False, "Europe/Rome")
    assert (row["quiet_from"], row["quiet_to"]) == ("22:00", "07:00")
    assert not row["alarms"]
    page = await read(maya, response.headers["Location"])
    assert 'value="22:00"' in page
    assert "Saved." in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_from": "22:00"},
        {"quiet_from": "25:00", "quiet_to": "07:00"},
        {"quiet_from": "22:00", "quiet_to": "7"},
        {"zone": "Europe/Nowhere"},
        {"zone": "../../etc/passwd"},
    ],
)
async def test_wishes_that_cannot_be_kept_are_refused(
    maya: Browser, office: Office, wrong: dict[str, str]
) -> None:
    response = await maya.post("/inbox/notifications", wrong)
    assert response.status == 422
    assert office.count("notice_wishes") == 0


async def test_a_browser_is_added_once_and_forgotten(maya: Browser, office: Office) -> None:
    for _ in range(2):
        assert (await maya.post("/inbox/notifications/devices", DEVICE)).status == 204
    [row] = office.rows("push_subscriptions")
    assert row["agent_id"] == maya.agent.id if maya.agent else None
    response = await maya.post("/inbox/notifications/devices/forget", DEVICE)
    assert response.status == 204
    assert office.count("push_subscriptions") == 0


async def test_the_browser_of_another_agent_is_not_forgotten(
    maya: Browser, jonas: Browser, office: Office
) -> None:
    await maya.post("/inbox/notifications/devices", DEVICE)
    await jonas.post("/inbox/notifications/devices/forget", DEVICE)
    assert office.count("push_subscriptions") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://127.0.0.1:6379/"},
        {"endpoint": "https://ann:secret@push.example.com/"},
        {"endpoint": ""},
        {"p256dh": "short"},
        {"p256dh": "é" * 65},
        {"auth": ""},
    ],
)
async def test_a_browser_that_cannot_be_one_is_refused(
    maya: Browser, office: Office, wrong: dict[str, str]
) -> None:
    response = await maya.post("/inbox/notifications/devices", {**DEVICE, **wrong})
    assert response.status == 422
    assert office.count("push_subscriptions") == 0


async def test_an_agent_has_not_more_browsers_than_anybody_needs(
    maya: Browser, office: Office
) -> None:
    for number in range(11):
        device = {**DEVICE, "endpoint": f"https://push.example.com/{number}"}
        await maya.post("/inbox/notifications/devices", device)
    assert office.count("push_subscriptions") == 10


async def test_all_pages_give_browsers_the_same_key(maya: Browser, jonas: Browser) -> None:
    def key(page: str) -> str:
        return page.partition('data-key="')[2].partition('"')[0]

    first = key(await read(maya, "/inbox/notifications"))
    second = key(await read(jonas, "/inbox/notifications"))
    assert first == second
    assert len(base64.urlsafe_b64decode(first + "=")) == 65


async def test_the_script_for_pushes_is_served_to_every_browser(stranger: Browser) -> None:
    script = await read(stranger, "/inbox/sw.js")
    assert "showNotification" in script


async def test_who_is_not_signed_in_sees_no_choices(stranger: Browser) -> None:
    assert "data-key" not in await read_refusal(stranger, "/inbox/notifications", 303)


async def test_a_phone_may_keep_the_inbox_on_its_home_screen(stranger: Browser) -> None:
    manifest = json.loads(await read(stranger, "/inbox/manifest.webmanifest"))
    assert (manifest["start_url"], manifest["display"]) == ("/inbox", "standalone")
    icon = await stranger.get(manifest["icons"][0]["src"])
    assert icon.content_type == "image/svg+xml"
