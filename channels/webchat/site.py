"""A site's settings as one visitor sees them: texts and availability."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.back import say_back
from bot.core.hours import away_period
from bot.core.model import Conversation
from channels.webchat.languages import Words
from channels.webchat.promises import consent_text
from channels.webchat.settings import NAME, WebChatParts
from config.colors import accent
from config.own_texts import OwnText, choose_text


@dataclass(frozen=True, slots=True)
class Site:
    """The site's settings, in the visitor's language."""

    parts: WebChatParts
    strings: Mapping[str, Words]

    def back(self, language: str | None, zone: str | None) -> str | None:
        """Say when the team is there again; None: it is there, or nobody can tell when."""
        visitor = Conversation(NAME, locale=language, zone=zone)
        return say_back(visitor, self.parts.clock(), self.parts.rules())

    def settings(self, language: str) -> dict[str, object]:
        """Write the settings of a site."""
        settings, rules = self.parts.settings, self.parts.rules()
        online = away_period(rules, self.parts.clock()) is None
        words = self.strings[language]["page"]
        if online:
            greeting = self._choose(settings.greeting, language) or words["greeting"]
        else:
            greeting = self._choose(rules.away_message, language) or words["greeting_away"]
        return {
            "title": self._choose(settings.title, language),
            "greeting": greeting,
            "online": online,
            "accent": accent(settings.color),
            "consent": rules.consent,
            "consent_text": consent_text(language, rules),
            "privacy_url": rules.privacy_url,
        }

    def _choose(self, text: OwnText | None, language: str) -> str | None:
        return choose_text(text, language, self.parts.rules().locale)[0] if text else None
