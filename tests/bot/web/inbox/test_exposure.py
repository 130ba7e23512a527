"""How requests take their way to this server: noticed by the web, said to operators in words."""

import asyncio
from datetime import timedelta

import pytest

from bot.ops.check.examine import examine
from bot.storage.database.transactions import read
from bot.storage.operations.sightings import Sighting, SightingKind, list_sightings, save_sighting
from bot.web.app import make_app
from bot.wiring.settings import given_settings
from tests.bot.agents import JONAS, join
from tests.bot.ops.check.conftest import about
from tests.bot.web.inbox.browsers import ORIGIN, Browser, open_inbox
from tests.bot.web.inbox.pages import words
from tests.bot.web.sites import HOST, Client, Serve
from tests.environment import SECRET
from tests.office import Office

FORWARDED = {"X-Forwarded-For": "198.51.100.7"}
THROUGH_A_PROXY = "Requests come through a proxy at 127.0.0.1 that TRUSTED_PROXIES does not name"


async def seen(office: Office) -> list[Sighting]:
    """Wait until a sighting is kept."""
    for _ in range(500):
        found = read(office.database, lambda connection: list_sightings(connection, office.now))
        if found:
            return found
        await asyncio.sleep(0.01)
    return []


def check(office: Office, subject: str, **settings: str) -> list[str]:
    """Say what `./run check` finds with other settings on the same database."""
    plain = office.database.url.set(drivername=office.database.url.get_backend_name())
    values = {
        "database_url": plain.render_as_string(hide_password=False),
        "secret_key": SECRET,
        "public_url": ORIGIN,
        "host": "0.0.0.0",  # noqa: S104 - only a text here
        **settings,
    }
    return about(subject, examine(given_settings(values), office.now))


async def page_of(browser: Browser) -> str:
    return words(await (await browser.get("/inbox/operations")).text())


async def test_a_proxy_that_nobody_named_is_said_once_in_the_log_and_to_operators(
    office: Office, jonas: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/inbox/login", "/healthz", "/inbox/login"):
        await jonas.get(path, **FORWARDED)
    [record] = caplog.records
    assert "TRUSTED_PROXIES" in record.getMessage()
    assert vars(record)["sender"] == "127.0.0.1"
    assert [one.name for one in await seen(office)] == [SightingKind.UNTRUSTED_PROXY]
    assert THROUGH_A_PROXY in await page_of(jonas)
    [said] = check(office, "proxy")
    assert said.startswith(f"needs attention: {THROUGH_A_PROXY}")
    assert check(office, "proxy", trusted_proxies="127.0.0.0/8") == []
    office.pass_time(2 * 86_400)
    assert check(office, "proxy") == []
    assert THROUGH_A_PROXY not in await page_of(jonas)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
async def test_a_trusted_proxy_is_nothing_to_be_said(
    office: Office,
    redis_url: str,
    aiohttp_client: Serve,
    caplog: pytest.LogCaptureFixture,
    header: str,
) -> None:
    parts = open_inbox(office, redis_url, trusted_proxies="127.0.0.1")
    site: Client = await aiohttp_client(make_app(parts))
    value = "198.51.100.7" if header == "X-Forwarded-For" else "for=198.51.100.7"
    assert (await site.get("/inbox/login", headers={**HOST, header: value})).status == 200
    assert caplog.records == []


def test_public_senders_are_named_to_nobody(office: Office) -> None:
    with office.database.write() as connection:
        stranger = {"sender": "a public address"}
        save_sighting(connection, Sighting(SightingKind.UNTRUSTED_STRANGER, office.now, stranger))
    [said] = check(office, "proxy")
    assert said.startswith("needs attention: Requests with X-Forwarded-For come from public")
    assert check(office, "proxy", trusted_proxies="10.0.0.1") == []


async def test_a_server_that_is_only_called_by_another_name_says_so(
    office: Office, redis_url: str, aiohttp_client: Serve
) -> None:
    join(office, JONAS, is_admin=True)
    site: Client = await aiohttp_client(make_app(open_inbox(office, redis_url)))
    assert (await site.get("/inbox", headers={"Host": "Real.example"})).status == 421
    assert [one.detail for one in await seen(office)] == [{"host": "real.example"}]
    said = check(office, "address")
    assert (
        "needs attention: Requests come for real.example and are refused with 421:"
        " PUBLIC_URL names chat.example.com."
    ) in said
    assert "real.example" not in " ".join(
        check(office, "address", public_url="https://real.example")[1:]
    )


async def test_a_server_that_is_called_rightly_at_last_says_no_more(
    office: Office, redis_url: str, aiohttp_client: Serve
) -> None:
    site: Client = await aiohttp_client(make_app(open_inbox(office, redis_url)))
    assert (await site.get("/inbox", headers={"Host": "scanned.example"})).status == 421
    assert await seen(office)
    assert (await site.get("/inbox/login", headers=HOST)).status == 200
    for _ in range(500):
        if not read(office.database, lambda connection: list_sightings(connection, office.now)):
            break
        await asyncio.sleep(0.01)
    assert "scanned.example" not in " ".join(check(office, "address"))


async def test_a_scanner_beside_honest_callers_is_no_concern(
    office: Office, jonas: Browser
) -> None:
    await jonas.get("/inbox")
    await jonas.get("/inbox", Host="scanned.example")
    await jonas.get("/inbox", **FORWARDED)
    assert [one.name for one in await seen(office)] == [SightingKind.UNTRUSTED_PROXY]


async def test_what_the_settings_open_to_the_world_is_said_to_operators(
    office: Office, redis_url: str, aiohttp_client: Serve
) -> None:
    parts = open_inbox(office, redis_url, demo="true")
    jonas = Browser(
        await aiohttp_client(make_app(parts)), parts, join(office, JONAS, is_admin=True)
    )
    await jonas.sign_in(JONAS)
    said = "The demo is open to the world at https://chat.example.com/demo"
    assert said in await page_of(jonas)
    assert said in " ".join(check(office, "demo", demo="true"))
    assert check(office, "demo", demo="false") == ["ok: It is off."]


def test_each_kind_is_kept_once(office: Office) -> None:
    for minutes in (0, 5):
        at = office.now + timedelta(minutes=minutes)
        with office.database.write() as connection:
            save_sighting(
                connection, Sighting(SightingKind.MISDIRECTED, at, {"host": f"{minutes}.example"})
            )
    [kept] = read(office.database, lambda connection: list_sightings(connection, office.now))
    assert (kept.at, kept.detail) == (office.now + timedelta(minutes=5), {"host": "5.example"})
