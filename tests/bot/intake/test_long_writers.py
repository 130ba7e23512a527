"""SQLite has one writer at a time: behind a long one everybody is refused in time, none waits."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.ports.errors import UnavailableError
from bot.storage.database.engine import Database
from tests.bot.intake.doors import Opener, of_somebody_new


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_behind_a_long_writer_all_are_refused_in_time_and_told_why(
    opener: Opener, migrated_url: str
) -> None:
    intake, other = opener(migrated_url), Database(migrated_url)
    with opener.writer.read() as connection:
        patience = connection.execute(sa.text("PRAGMA busy_timeout")).scalar_one()
    assert patience == 4_000  # who sent it waits for five seconds
    with other.write():
        asked = [intake.receive("messenger", [of_somebody_new(str(each))]) for each in range(20)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
    other.close()
    assert {type(answer) for answer in answers} == {UnavailableError}
    assert {str(answer) for answer in answers} == {"database is locked"}
    await intake.receive("messenger", [of_somebody_new("later")])
