"""What one visitor is shown of the site's settings: its words, and whether somebody is there."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.hours import away_period
from channels.webchat.languages import Words
from channels.webchat.settings import WebChatParts
from config.colors import accent


@dataclass(frozen=True, slots=True)
class Site:
    """The site's settings, in the visitor's language."""

    parts: WebChatParts
    strings: Mapping[str, Words]

    def settings(self, language: str) -> dict[str, object]:
        """Write them."""
        settings, rules = self.parts.settings, self.parts.rules()
        online = away_period(rules, self.parts.clock()) is None
        words = self.strings[language]["page"]
        if online:
            greeting = settings.greeting or words["greeting"]
        else:
            greeting = rules.away_message or words["greeting_away"]
        return {
            "title": settings.title,
            "greeting": greeting,
            "online": online,
            "accent": accent(settings.color),
            "consent": settings.consent,
        }
