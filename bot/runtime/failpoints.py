"""Named places where a test may kill the process, to prove that nothing is lost there."""

import os
import signal

_armed: str | None = None


def arm(name: str | None) -> None:
    """Let the process die at this place; called once at the start, from the settings."""
    global _armed  # noqa: PLW0603 - one per process, by its nature
    _armed = name


def failpoint(name: str) -> None:
    """Die here without a word if this place is armed."""
    if name == _armed:
        os.kill(os.getpid(), signal.SIGKILL)
