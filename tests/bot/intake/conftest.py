"""Intakes at the databases of the tests."""

from collections.abc import AsyncIterator

import pytest

from bot.intake import Intake
from tests.bot.intake.doors import Intakes, Opener


@pytest.fixture
async def opener() -> AsyncIterator[Opener]:
    """Open intakes that end with the test."""
    opened = Opener()
    yield opened
    await opened.close()


@pytest.fixture
async def intakes(opener: Opener, migrated_url: str) -> Intakes:
    """Two doors of two processes, as it were."""
    return opener(migrated_url), opener(migrated_url)


@pytest.fixture
async def intake(opener: Opener, migrated_url: str) -> Intake:
    """One door."""
    return opener(migrated_url)
