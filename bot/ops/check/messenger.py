"""Messenger: is it set up, here and at Meta's."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from bot.findings import Finding, attention, broken, ok
from bot.ops.check.database import Records
from bot.ops.check.page import PageCheck
from bot.wiring.channels import given
from channels.messenger.app import MessengerApp
from channels.messenger.apps import connected_app
from channels.messenger.connections import Connections
from channels.messenger.variables import MessengerVariables
from config.settings import Settings

_AT_ONCE = 8
_IN_THE_CONSOLE = "In Meta's console (developers.facebook.com/apps), your app:"


def check_messenger(settings: Settings, records: Records, now: datetime) -> Iterator[Finding]:
    """Look at the settings, and then ask Graph about each page."""
    if not settings.of(MessengerVariables).messenger_app_secret:
        yield _off(settings)
        return
    missing = list(_missing(settings))
    yield from missing
    if not missing:
        yield ok("messenger", "App secret, verify token, app id and pages are set.")
    if app := connected_app(given(settings)):
        yield from _check_pages(app, records, now)


def _off(settings: Settings) -> Finding:
    if (
        settings.of(MessengerVariables).messenger_pages
        or settings.of(MessengerVariables).messenger_verify_token
        or settings.of(MessengerVariables).messenger_app_id
    ):
        advice = f"{_IN_THE_CONSOLE} App settings, Basic, App secret."
        return broken("messenger", "It is off: MESSENGER_APP_SECRET is not set.", advice)
    if settings.demo_enabled:
        return ok("messenger", "It is not configured; the simulator stands in for it.")
    return attention("messenger", "It is not configured.", "Set MESSENGER_APP_SECRET to begin.")


def _missing(settings: Settings) -> Iterator[Finding]:
    if not settings.of(MessengerVariables).messenger_verify_token:
        yield broken(
            "messenger",
            "MESSENGER_VERIFY_TOKEN is not set: Meta can't verify the callback URL.",
            f"Make one up. {_IN_THE_CONSOLE} Messenger API settings, Configure webhooks.",
        )
    if not settings.of(MessengerVariables).messenger_app_id:
        yield attention(
            "messenger",
            "MESSENGER_APP_ID is not set: tokens and subscriptions go unchecked.",
            f"{_IN_THE_CONSOLE} the App ID stands at the top.",
        )
    if not settings.of(MessengerVariables).messenger_pages:
        yield broken(
            "messenger",
            "MESSENGER_PAGES is not set: no page is served.",
            f"{_IN_THE_CONSOLE} Messenger API settings, Generate access tokens.",
        )


def _check_pages(app: MessengerApp, records: Records, now: datetime) -> Iterator[Finding]:
    graphs = app.open_pages(Connections())
    checks = [PageCheck(page, graph, app, records, now) for page, graph in graphs.items()]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = list(pool.map(PageCheck.findings, checks))
    # what is wrong with the app is said once, not for each page
    yield from dict.fromkeys(finding for findings in found for finding in findings)
