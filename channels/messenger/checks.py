"""Messenger: is it set up, here and at Meta's."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import urlsplit

from bot.findings import Finding, attention, broken, ok
from channels.base import ChannelRecords, Given
from channels.messenger.apps import connected_app
from channels.messenger.page_check import PageCheck
from channels.messenger.product import PATH
from channels.messenger.variables import MessengerVariables
from channels.meta.app import MetaApp
from channels.meta.connections import Connections
from config.settings import Settings

_AT_ONCE = 8
_IN_THE_CONSOLE = "In Meta's console (developers.facebook.com/apps), your app:"


def check_messenger(given: Given, records: ChannelRecords) -> Iterator[Finding]:
    """Look at the variables, and then ask Graph about each page."""
    yield from _check_callback(given.settings)
    ours, app = given.settings.of(MessengerVariables), connected_app(given)
    if app is None:
        yield _off(demo=given.settings.demo_enabled)
        return
    missing = list(_missing(ours))
    yield from missing
    if not missing:
        yield ok("messenger", "App secret, verify token, app id and pages are set.")
    yield from _check_pages(app, records, given.clock())


def _check_callback(settings: Settings) -> Iterator[Finding]:
    if not settings.of(MessengerVariables).is_connected or settings.is_for_this_machine:
        return
    if urlsplit(settings.public_origin).scheme != "https":
        words = "PUBLIC_URL is not https, and Meta calls no other."
        yield attention("address", words, "Set it as Meta knows it.")
    else:
        yield ok("address", f"Meta's callback URL is {settings.public_origin}{PATH}.")


def _off(*, demo: bool) -> Finding:
    if demo:
        return ok("messenger", "It is not configured; the simulator stands in for it.")
    return attention("messenger", "It is not configured.", "Set MESSENGER_APP_SECRET to begin.")


def _missing(ours: MessengerVariables) -> Iterator[Finding]:
    if not ours.messenger_app_id:
        yield attention(
            "messenger",
            "MESSENGER_APP_ID is not set: tokens and subscriptions go unchecked.",
            f"{_IN_THE_CONSOLE} the App ID stands at the top.",
        )
    if not ours.messenger_pages:
        yield broken(
            "messenger",
            "MESSENGER_PAGES is not set: no page is served.",
            f"{_IN_THE_CONSOLE} Messenger API settings, Generate access tokens.",
        )


def _check_pages(app: MetaApp, records: ChannelRecords, now: datetime) -> Iterator[Finding]:
    graphs = app.open_pages(Connections())
    checks = [PageCheck(page, graph, app, records, now) for page, graph in graphs.items()]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = list(pool.map(PageCheck.findings, checks))
    # what is wrong with the app is said once, not for each page
    yield from dict.fromkeys(finding for findings in found for finding in findings)
