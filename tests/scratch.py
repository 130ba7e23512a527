"""Memory for the files of tests: on a disk, each transaction waits until it is safe there."""

import os
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - files in it get names that nobody guesses
_ENOUGH = 2**31  # bytes


def write_to_memory() -> None:
    """Let temporary files of this process and of those it starts be in memory, if there is room."""
    if "TMPDIR" not in os.environ and holds_programs_and_files(_MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


def holds_programs_and_files(folder: Path) -> bool:
    """Whether a folder has room for all that the tests write, and lets programs be run from it."""
    try:
        system = os.statvfs(folder)
    except OSError:
        return False
    return not system.f_flag & os.ST_NOEXEC and system.f_bavail * system.f_frsize >= _ENOUGH
