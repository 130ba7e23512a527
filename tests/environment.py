"""Settings of an environment that the test writes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config.settings import Settings

SetUp = Callable[..., Settings]


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SetUp:
    """Read the settings of an environment that holds nothing else."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    def read(**environment: str) -> Settings:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return Settings.read()

    return read
