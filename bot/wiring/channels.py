"""Opens the channels that are configured, whatever they are."""

from bot.secret import derive, secret_keys
from bot.wiring.ground import local_origin, now
from channels import CHANNELS
from channels.base import Channel, Given, NobodyCounts, Observer, WebSide
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


def open_channels(handed: Given) -> list[Channel]:
    """Open every channel that has something to do in this process."""
    opened = (kind.open(handed) for kind in CHANNELS)
    return [channel for channel in opened if channel]
