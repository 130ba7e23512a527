"""Rules of notifications, as frozen values."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from config.channel_facts import ChannelTitles


class NoticeContent(StrEnum):
    """The content that leaves the system with a notice."""

    NONE = "none"
    """That something has happened."""
    LINK = "link"
    """A link to the conversation besides, and nothing that a visitor wrote."""
    PREVIEW = "preview"
    """The visitor's name and the beginning of the message besides."""


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """The operator's notification targets and limits."""

    public_origin: str
    content: NoticeContent = NoticeContent.LINK
    waiting: timedelta = timedelta(seconds=120)
    urls: tuple[str, ...] = field(default=(), repr=False)
    """Apprise URLs; they hold passwords."""
    channels: ChannelTitles = field(default_factory=ChannelTitles)
    """What channels are called."""

    @property
    def targets(self) -> Mapping[str, str]:
        """Name the URLs by what is stored of them: nothing that leads back to one."""
        return {name_of(url): url for url in self.urls}


def name_of(url: str) -> str:
    """Name a URL that must not be stored."""
    return "url:" + hashlib.sha256(url.encode()).hexdigest()[:16]
