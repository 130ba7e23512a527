"""What the web chat is told."""

from bot.secret import derived_keys
from channels.webchat.settings import WebChatSettings
from config.networks import Network, read_network
from config.settings import Settings


def webchat_settings(settings: Settings) -> WebChatSettings:
    """Tell the web chat what the operator wishes."""
    return WebChatSettings(
        public_origin=settings.public_origin,
        allowed_origins=settings.allowed_origins,
        secrets=derived_keys(settings, "web chat"),
        title=settings.webchat_title,
        greeting=settings.webchat_greeting,
        color=settings.webchat_color,
        consent=settings.consent_mode,
        trusted_proxies=proxies_of(settings),
    )


def proxies_of(settings: Settings) -> tuple[Network, ...]:
    """List whose word counts about where a request comes from."""
    return tuple(read_network(each) for each in settings.trusted_proxies)
