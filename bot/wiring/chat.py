"""What the web chat is told."""

from bot.secret import derived_keys
from channels.webchat.settings import WebChatSettings
from channels.webchat.variables import WebChatVariables
from config.networks import Network, read_network
from config.settings import Settings


def webchat_settings(settings: Settings) -> WebChatSettings:
    """Tell the web chat what the operator wishes."""
    ours = settings.of(WebChatVariables)
    return WebChatSettings(
        public_origin=settings.public_origin,
        allowed_origins=ours.webchat_allowed_origins or (settings.public_origin,),
        secrets=derived_keys(settings, "web chat"),
        title=ours.webchat_title,
        greeting=ours.webchat_greeting,
        color=ours.webchat_color,
        consent=settings.consent_mode,
        trusted_proxies=proxies_of(settings),
    )


def proxies_of(settings: Settings) -> tuple[Network, ...]:
    """List whose word counts about where a request comes from."""
    return tuple(read_network(each) for each in settings.trusted_proxies)
