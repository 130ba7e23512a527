"""Opens the channels that are configured, whatever they are."""

from bot.runtime.secret import derive, secret_keys
from bot.wiring.ground import local_origin, now
from bot.wiring.settings import kinds_of
from channels.base import Channel, Given, LetterReader, NobodyCounts, Observer, WebSide
from config.settings import Settings


def given(
    settings: Settings, observer: Observer | None = None, web: WebSide | None = None
) -> Given:
    """Lay out what a channel is handed."""
    return Given(
        settings,
        lambda purpose: derive(secret_keys(settings)[0], purpose),
        local_origin(settings),
        now,
        observer or NobodyCounts(),
        web,
    )


def letter_readers(handed: Given) -> dict[str, LetterReader]:
    """Say who reads what could not be stored, by channel."""
    readers = {
        kind.variables.facts.name: kind.letters(handed) for kind in kinds_of(handed.settings)
    }
    return {name: reader for name, reader in readers.items() if reader}


def open_channels(handed: Given) -> list[Channel]:
    """Open every channel that has something to do in this process."""
    opened = (kind.open(handed) for kind in kinds_of(handed.settings))
    return [channel for channel in opened if channel]
