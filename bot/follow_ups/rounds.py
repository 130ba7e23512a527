"""What goes round in a worker by itself: mails out, and a look for answers."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeAlias

Round: TypeAlias = Callable[[threading.Event], None]
"""Goes on until the event is set."""


class MailRounds:
    """Threads of a worker's own: no chat waits for a mail server, and no mail for Redis."""

    def __init__(
        self, rounds: Sequence[Round], break_off: Callable[[], None] = lambda: None
    ) -> None:
        self._break_off = break_off
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=each, args=[self._stopping], name="mail") for each in rounds
        ]

    def start(self) -> None:
        """Set out."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin nothing new; break off what may be, all else that is under way is finished."""
        self._stopping.set()
        self._break_off()

    def close(self) -> None:
        """Stop, and wait until what is under way is finished."""
        self.stop()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
