"""Ends a process whose supervisor is gone, however it went."""

import os
import signal
import threading
import time
from datetime import timedelta

PATIENCE = timedelta(seconds=30)  # what a process gets to finish its work, here and at Ctrl-C


def watch(lifeline_fd: int | None) -> None:
    """Let SIGTERM end this process once the pipe's other end is closed; None watches nothing."""
    if lifeline_fd is not None:
        threading.Thread(
            target=_end_with, args=(lifeline_fd,), name="lifeline", daemon=True
        ).start()


def _end_with(lifeline_fd: int) -> None:
    # Nobody ever writes into it: the read returns when the kernel closes it for the dead.
    os.read(lifeline_fd, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE.total_seconds())
    os._exit(1)
