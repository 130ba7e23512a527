"""Messenger before it is opened."""

from collections.abc import Collection, Iterator, Sequence

from bot.findings import Finding
from channels.base import Channel, ChannelRecords, Given, LetterReader, Recorded
from channels.messenger.apps import connected_app, open_apps
from channels.messenger.channel import MessengerChannel
from channels.messenger.checks import check_messenger
from channels.messenger.letters import MessengerLetters
from channels.messenger.product import NAME, PATH, PRODUCT
from channels.messenger.recorded import dress_delivery
from channels.messenger.variables import MessengerVariables
from channels.meta.app import MetaApp
from channels.meta.deletion import DeletionPages
from channels.meta.siblings import Siblings
from channels.meta.webhook import MetaWebhook, Signatory
from config.settings import Settings


class MessengerKind:
    """Opens Messenger where an app of Meta's is configured, or the demo's stands in for one."""

    variables = MessengerVariables

    def open(self, given: Given) -> Channel | None:
        """Open the channel; None: there is no app."""
        apps = open_apps(given)
        if not apps:
            return None
        return MessengerChannel(
            apps, _webhook(given, apps), connected_app(given), _deletion(given, apps)
        )

    def letters(self, given: Given) -> LetterReader | None:
        """Read what was for the operator's app, or for the demo's."""
        apps = open_apps(given)
        return MessengerLetters(apps) if apps else None

    def dress(self, given: Given, body: bytes) -> Recorded:
        """Sign a recorded delivery as the app whose pages it is for."""
        return dress_delivery(given, body)

    def accounts(self, settings: Settings) -> Collection[str]:
        """List the operator's pages."""
        return settings.of(MessengerVariables).messenger_pages

    def check(self, given: Given, records: ChannelRecords) -> Iterator[Finding]:
        """Ask Graph about the app and each page."""
        return check_messenger(given, records)


def _webhook(given: Given, apps: Sequence[MetaApp]) -> MetaWebhook:
    token = given.settings.of(MessengerVariables).messenger_verify_token
    return MetaWebhook(
        path=PATH,
        product=PRODUCT,
        signatories=[_signatory(app) for app in apps],
        verify_token=token.get_secret_value() if token else None,
        clock=given.clock,
        observer=given.observer,
        siblings=given.shared.of(Siblings),
    )


def _signatory(app: MetaApp) -> Signatory:
    return Signatory(app.secrets, frozenset(app.pages), app.app_id, app.automatic_texts)


def _deletion(given: Given, apps: Sequence[MetaApp]) -> DeletionPages | None:
    if given.web is None:
        return None
    return DeletionPages(NAME, given.web.erasures, apps, given.settings.public_origin)
