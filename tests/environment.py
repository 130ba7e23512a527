"""Settings of an environment that the test writes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.wiring.settings import KINDS, read_settings
from config.settings import Settings

CANARY = "cAnArY"
"""A text that must be shown nowhere."""
LONG_CANARY = CANARY * 6
"""The same where a secret is wanted, which must be long."""
SECRET = "a secret key of tests and of nothing else"  # noqa: S105 - signs nothing but theirs
TOKEN = "a token of tests and of nothing else"  # noqa: S105 - opens nothing but theirs
SetUp = Callable[..., Settings]


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SetUp:
    """Read the settings of an environment that holds nothing else."""
    monkeypatch.chdir(tmp_path)
    for name in (name for kind in KINDS for name in kind.model_fields):
        monkeypatch.delenv(name.upper(), raising=False)

    def read(**environment: str) -> Settings:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return read_settings()

    return read
