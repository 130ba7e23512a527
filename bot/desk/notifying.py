"""An agent's notification settings and subscribed browsers."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from bot.desk.errors import InvalidError
from bot.edge.ssrf_guard import Guard, RefusedUrlError
from bot.notifications.web_push import public_key
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.team.recipients import (
    Device,
    Wishes,
    count_devices,
    find_wishes,
    forget_endpoint,
    save_device,
    save_wishes,
)

MOST_DEVICES = 10
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_POINT_BYTES, _SECRET_BYTES = 65, 16
"""What a browser's two keys measure (RFC 8291)."""


@dataclass(frozen=True, slots=True)
class Notifying:
    """Keeps it; blocks, so the web calls it from threads."""

    database: Database
    clock: Callable[[], datetime]
    key: Callable[[], str]
    """The server's private key for pushes."""
    has_mail: bool
    """Mails can leave."""
    guard: Guard = field(default_factory=Guard)

    def wishes(self, agent_id: int) -> tuple[Wishes, int]:
        """Say what an agent has chosen, and how many browsers take pushes."""

        def look(connection: sa.Connection) -> tuple[Wishes, int]:
            return find_wishes(connection, agent_id), count_devices(connection, agent_id)

        return read(self.database, look)

    def choose(self, agent_id: int, wishes: Wishes) -> None:
        """Keep what an agent has chosen."""
        _check(wishes)
        retry_races(self.database, lambda held: save_wishes(held, agent_id, wishes))

    def public_key(self) -> str:
        """Give what browsers want when they subscribe."""
        return public_key(self.key())

    def add_device(self, agent_id: int, device: Device) -> None:
        """Push to this browser too."""
        self._check_device(device)

        def write(connection: sa.Connection) -> None:
            if count_devices(connection, agent_id) >= MOST_DEVICES:
                msg = "Too many browsers are told already: switch it off in one of them."
                raise InvalidError(msg)
            save_device(connection, agent_id, device, self.clock())

        retry_races(self.database, write)

    def forget_device(self, agent_id: int, endpoint: str) -> None:
        """Push nothing more to this browser."""
        self._check_endpoint(endpoint)
        retry_races(self.database, lambda held: forget_endpoint(held, agent_id, endpoint))

    def _check_device(self, device: Device) -> None:
        self._check_endpoint(device.endpoint)
        sizes = (_size(device.p256dh), _size(device.auth))
        if sizes != (_POINT_BYTES, _SECRET_BYTES):
            msg = "The browser's keys are not usable."
            raise InvalidError(msg)

    def _check_endpoint(self, endpoint: str) -> None:
        try:
            self.guard.check(endpoint)
        except RefusedUrlError as error:
            raise InvalidError(str(error)) from None


def _check(wishes: Wishes) -> None:
    times = [one for one in (wishes.quiet_from, wishes.quiet_to) if one]
    if len(times) == 1 or not all(_TIME.fullmatch(one) for one in times):
        msg = "Quiet hours need a beginning and an end, such as 22:00 and 07:00."
        raise InvalidError(msg)
    try:
        ZoneInfo(wishes.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        msg = "The time zone is not known: it takes a name such as Europe/Rome."
        raise InvalidError(msg) from None


def _size(text: str) -> int:
    try:
        return len(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError):
        return 0
