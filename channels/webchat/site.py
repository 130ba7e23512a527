"""A site's settings as one visitor sees them: texts and availability."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from bot.core.back import say_back
from bot.core.consent_words import consent_words
from bot.core.hours import away_period
from bot.core.model import Conversation
from channels.webchat.languages import Words
from channels.webchat.settings import NAME, WebChatParts
from config.colors import accent
from config.rules import ConsentMode


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
            "consent": rules.consent,
            "consent_text": self.consent_text(language),
            "privacy_url": rules.privacy_url,
        }

    def consent_text(self, language: str) -> str | None:
        """Give what stands beside the card; None: nothing does."""
        rules = self.parts.rules()
        words = consent_words(language, rules)
        match rules.consent:
            case ConsentMode.OFF:
                return None
            case ConsentMode.NOTICE:
                return words.notice
            case ConsentMode.REQUIRED:
                return words.box
            case _:
                assert_never(rules.consent)
