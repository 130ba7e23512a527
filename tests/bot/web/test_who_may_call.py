"""Every address of the whole process, and who may call it: a new one must be written down here."""

import pytest
from aiohttp import web

from bot.web.app import make_app
from bot.web.inbox import PREFIX, Who, entries
from bot.wiring.settings import given_settings
from bot.wiring.web import open_parts
from config.settings import Settings
from tests.bot.web.sites import Client, Serve
from tests.environment import SECRET, TOKEN

ORIGIN = "https://chat.example.com"
HOST = {"Host": "chat.example.com"}
pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)

ANYBODY = """
GET /
GET /healthz
GET /readyz
GET /metrics
GET /widget.js
GET /api/v1/openapi.json
GET /chat/frame
GET /chat/static/{version}/{name}
GET /meta/data-deletion/{code}
GET /demo
GET /demo/static/{name}
GET /inbox/login
POST /inbox/login
GET /inbox/sw.js
GET /inbox/manifest.webmanifest
GET /inbox/static/{version}/{name}
"""
WITH_METAS_SIGNATURE_OR_WORD = """
GET /webhooks/messenger
POST /webhooks/messenger
POST /meta/data-deletion
"""
AS_A_PROGRAM = """
GET /api/v1/contacts
POST /api/v1/contacts
GET /api/v1/contacts/{id}
GET /api/v1/contacts/{id}/consents
GET /api/v1/contacts/{id}/export
PATCH /api/v1/contacts/{id}
GET /api/v1/conversations
GET /api/v1/conversations/{id}
PATCH /api/v1/conversations/{id}
POST /api/v1/conversations/{id}/capture
POST /api/v1/conversations/{id}/contact
DELETE /api/v1/conversations/{id}/contact
GET /api/v1/conversations/{id}/messages
POST /api/v1/conversations/{id}/messages
"""
WITH_A_VISITORS_COOKIE_OR_TICKET = """
GET /chat/messages
POST /chat/messages
POST /chat/email
POST /chat/decline
POST /chat/files
GET /chat/files/{id}
"""
FROM_THE_CHATS_OWN_PAGE = """
POST /chat/session
GET /chat/socket
"""
WITH_A_LINK_FROM_A_MAIL = """
GET /chat/return/{token}
POST /chat/return/{token}
GET /mail/not-me/{token}
POST /mail/not-me/{token}
GET /mail/unsubscribe/{token}
POST /mail/unsubscribe/{token}
"""
NOBODY = """
* /chat/{path}
* /demo/graph/{rest}
"""
ON_THE_DEMOS_OWN_PAGE = """
GET /demo/messenger
GET /demo/messenger/state
GET /demo/messenger/static/{name}
POST /demo/messenger/people
POST /demo/messenger/people/{psid}/messages
POST /demo/messenger/people/{psid}/taps
POST /demo/messenger/people/{psid}/edits
POST /demo/messenger/people/{psid}/unsent
POST /demo/messenger/people/{psid}/seen
POST /demo/messenger/people/{psid}/replies
"""
AS_THE_DEMOS_PAGE = """
GET /demo/graph/{version}/debug_token
GET /demo/graph/{version}/{node}
GET /demo/graph/{version}/{node}/ids_for_pages
GET /demo/graph/{version}/{node}/permissions
GET /demo/graph/{version}/{node}/subscribed_apps
POST /demo/graph/{version}/{node}/messages
"""
ADMINS_ONLY = """
GET /inbox/team
POST /inbox/team
POST /inbox/team/{id}/disable
POST /inbox/team/{id}/enable
POST /inbox/team/{id}/admin
POST /inbox/team/{id}/no-admin
GET /inbox/operations
POST /inbox/operations/letters/{id}/retry
POST /inbox/operations/check
POST /inbox/operations/looks
POST /inbox/operations/letters/{id}/discard
GET /inbox/webhooks
POST /inbox/webhooks
GET /inbox/webhooks/{id}
POST /inbox/webhooks/{id}/on
POST /inbox/webhooks/{id}/off
POST /inbox/webhooks/{id}/remove
POST /inbox/webhooks/{id}/deliveries/{delivery}
GET /inbox/suppressions
POST /inbox/suppressions/{id}/lift
POST /inbox/contacts/{id}/erase
"""

Address = tuple[str, str]


def read(text: str) -> set[Address]:
    """Read a table; on each line a method and a path."""
    found = set[Address]()
    for line in filter(None, text.splitlines()):
        method, _, path = line.partition(" ")
        found.add((method, path))
    return found


TABLES = (
    ANYBODY,
    WITH_METAS_SIGNATURE_OR_WORD,
    AS_A_PROGRAM,
    WITH_A_VISITORS_COOKIE_OR_TICKET,
    FROM_THE_CHATS_OWN_PAGE,
    WITH_A_LINK_FROM_A_MAIL,
    NOBODY,
    ON_THE_DEMOS_OWN_PAGE,
    AS_THE_DEMOS_PAGE,
)


@pytest.fixture
def application(migrated_url: str, redis_url: str) -> web.Application:
    """Everything that can be switched on is on."""
    parts = open_parts(_settings(migrated_url, redis_url))
    return make_app(parts)


def _settings(database_url: str, redis_url: str) -> Settings:
    values = {
        "database_url": database_url,
        "redis_url": redis_url,
        "public_url": ORIGIN,
        "secret_key": SECRET,
        "messenger_app_secret": "an app's secret",
        "messenger_pages": '{"1001": "a page token"}',
        "api_tokens": TOKEN,
        "demo": "true",
    }
    return given_settings(values)


def addresses(application: web.Application) -> set[Address]:
    """List what can be called; HEAD is a GET without its answer's body."""
    return {
        (route.method, route.resource.canonical)
        for route in application.router.routes()
        if route.resource and route.method != "HEAD"
    }


@pytest.fixture
async def site(application: web.Application, aiohttp_client: Serve) -> Client:
    return await aiohttp_client(application)


async def ask(site: Client, address: Address, **headers: str) -> int:
    """Call an address with nothing to show for oneself."""
    method, path = address
    filled = path.replace("{version}", "v25.0").replace("{code}", "0" * 40)
    parts = ["1" if part.startswith("{") else part for part in filled.split("/")]
    response = await site.request(
        method, "/".join(parts), headers={**HOST, **headers}, allow_redirects=False
    )
    where = response.headers.get("Location", "")
    return 401 if where.startswith("/inbox/login") else response.status


def test_every_address_is_in_a_table(application: web.Application) -> None:
    known = set[Address]().union(*map(read, TABLES))
    found = addresses(application)
    inbox = {address for address in found if f"{address[1]}/".startswith(f"{PREFIX}/")}
    assert {address for address in known if not address[1].startswith(PREFIX)} == found - inbox


async def test_nobody_calls_the_inbox_without_signing_in(
    application: web.Application, site: Client
) -> None:
    open_to_all = read(ANYBODY)
    for address in addresses(application) - open_to_all:
        if f"{address[1]}/".startswith(f"{PREFIX}/"):
            assert await ask(site, address, Origin=ORIGIN) == 401, address


def test_what_admins_do_is_for_admins(migrated_url: str, redis_url: str) -> None:
    parts = open_parts(_settings(migrated_url, redis_url))
    found = {(each.method, each.path) for each in entries(parts.inbox) if each.who is Who.ADMIN}
    named = {(method, path.removeprefix(PREFIX)) for method, path in read(ADMINS_ONLY)}
    assert {(method, path.replace(r":\d+", "")) for method, path in found} == named


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        (AS_A_PROGRAM, {401}),
        (WITH_A_VISITORS_COOKIE_OR_TICKET, {401, 403}),
        (WITH_A_LINK_FROM_A_MAIL, {200, 403, 404, 410, 422}),
        (WITH_METAS_SIGNATURE_OR_WORD, {400, 403}),
        (AS_THE_DEMOS_PAGE, {400, 401}),
        (NOBODY, {400, 404, 405}),
    ],
)
async def test_who_shows_nothing_gets_nothing(site: Client, text: str, statuses: set[int]) -> None:
    for method, path in read(text):
        address = ("GET" if method == "*" else method, path)
        assert await ask(site, address) in statuses, address


async def test_other_sites_change_nothing_anywhere(
    application: web.Application, site: Client
) -> None:
    for method, path in sorted(addresses(application)):
        if method in {"GET", "*"}:
            continue
        status = await ask(site, (method, path), Origin="https://evil.example")
        assert 400 <= status < 500, (method, path)


def test_without_the_demo_there_is_none_of_it(migrated_url: str, redis_url: str) -> None:
    settings = _settings(migrated_url, redis_url).model_copy(update={"demo": False})
    found = addresses(make_app(open_parts(settings)))
    assert not [path for _, path in found if "demo" in path]
