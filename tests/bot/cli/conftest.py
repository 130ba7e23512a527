"""The program itself, as it is run from a shell."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import spares

_ROOT = Path(__file__).parent.parent.parent.parent
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command in an empty folder, in an environment that holds nothing else."""

    def start(*words: str, input: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return spares.run(words, {"PATH": os.defpath, **environment}, tmp_path, input)

    return start


@pytest.fixture
def run_anew(tmp_path: Path) -> Run:
    """Do the same by a Python of its own, which reads what the environment says to it."""

    def start(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            check=False,
            cwd=tmp_path,
            env={"PATH": os.defpath, "PYTHONPATH": str(_ROOT), **environment},
            capture_output=True,
            encoding="utf-8",
        )

    return start
