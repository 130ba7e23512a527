"""The web chat before it is opened."""

from collections.abc import Collection, Iterator

from bot.findings import Finding
from channels.base import Channel, ChannelRecords, Given, LetterReader
from channels.webchat.channel import WebChatChannel
from channels.webchat.letters import Letters
from channels.webchat.limits import ALLOWANCES
from channels.webchat.settings import WebChatParts, WebChatSettings
from channels.webchat.variables import WebChatVariables
from config.settings import Settings


class WebChatKind:
    """Opens the web chat in a web process: no other has anything to do for it."""

    variables = WebChatVariables

    def open(self, given: Given) -> Channel | None:
        """Open the channel; None: this process has no web side."""
        web = given.web
        if web is None:
            return None
        return WebChatChannel(
            WebChatParts(
                settings=_settings(given, web.keys("web chat")),
                rules=web.rules,
                clock=given.clock,
                rooms=web.rooms,
                live=web.live,
                hint=web.hint,
                limits=web.limit(ALLOWANCES),
                returns=web.returns,
                files=web.files,
                proofs=web.proofs,
            )
        )

    def letters(self, given: Given) -> LetterReader:
        """Read what visitors wrote."""
        del given
        return Letters()

    def dress(self, given: Given, body: bytes) -> None:
        """Dress nothing: browsers write by themselves."""
        del given, body

    def accounts(self, settings: Settings) -> Collection[str]:
        """List none: browsers have no profiles."""
        del settings
        return ()

    def check(self, given: Given, records: ChannelRecords) -> Iterator[Finding]:
        """Find nothing: the web chat stands on this server alone."""
        del given, records
        yield from ()


def _settings(given: Given, secrets: tuple[str, ...]) -> WebChatSettings:
    settings, ours = given.settings, given.settings.of(WebChatVariables)
    return WebChatSettings(
        public_origin=settings.public_origin,
        most_bytes_of_file=settings.most_bytes_of_file,
        allowed_origins=ours.webchat_allowed_origins or (settings.public_origin,),
        secrets=secrets,
        title=ours.webchat_title,
        greeting=ours.webchat_greeting,
        color=ours.webchat_color,
        trusted_proxies=given.web.trusted_proxies if given.web else (),
    )
