"""Stand-ins for what leaves the machine."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.core.model import Place
from bot.hints import Hint
from bot.ports import Outgoing, Profile, Receipt


@dataclass
class FakeChannel:
    """Takes every message, or does what `answer` does; safe to use from threads."""

    answer: Callable[[Place, Outgoing], None] = lambda _to, _message: None
    look_up: Callable[[Place], Profile] = lambda _place: Profile()
    sent: list[tuple[Place, Outgoing]] = field(default_factory=list)
    looked_up: list[Place] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, to: Place, message: Outgoing) -> Receipt:
        with self._lock:
            self.sent.append((to, message))
            number = len(self.sent)
        self.answer(to, message)
        return Receipt(f"out_{number}")

    def read_profile(self, of: Place) -> Profile:
        with self._lock:
            self.looked_up.append(of)
        return self.look_up(of)

    @property
    def texts(self) -> list[str]:
        return [message.text for _, message in self.sent]


class QuietDoorbell:
    """Remembers who rang."""

    def __init__(self) -> None:
        self.rung: list[int] = []
        self.hints: list[Hint] = []

    def ring(self, *outbox_ids: int) -> None:
        self.rung += outbox_ids

    def hint(self, *hints: Hint) -> None:
        self.hints += hints
