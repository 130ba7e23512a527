"""Stand-ins for what leaves the machine."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.core.model import VisitorKey
from bot.ports.channels import Outgoing, Profile, Receipt
from bot.ports.signals import ChangeSignal


@dataclass
class FakeChannel:
    """Takes every message, or does what `answer` does; safe to use from threads."""

    answer: Callable[[VisitorKey, Outgoing], None] = lambda _to, _message: None
    look_up: Callable[[VisitorKey], Profile] = lambda _place: Profile()
    sent: list[tuple[VisitorKey, Outgoing]] = field(default_factory=list)
    looked_up: list[VisitorKey] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, to: VisitorKey, message: Outgoing) -> Receipt:
        with self._lock:
            self.sent.append((to, message))
            number = len(self.sent)
        self.answer(to, message)
        return Receipt(f"out_{number}")

    def read_profile(self, of: VisitorKey) -> Profile:
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
        self.hints: list[ChangeSignal] = []

    def ring(self, *outbox_ids: int) -> None:
        self.rung += outbox_ids

    def hint(self, *hints: ChangeSignal) -> None:
        self.hints += hints
