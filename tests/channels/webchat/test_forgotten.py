"""Somebody is erased with the chat open."""

import asyncio
from datetime import timedelta

import pytest

from bot.erasure import erase_person
from tests.channels.webchat.bot import Bot
from tests.channels.webchat.conftest import Start
from tests.factories import ADA


async def erase(bot: Bot, email: str = ADA) -> None:
    bot.pass_time(minutes=1)
    await asyncio.to_thread(erase_person, bot.database, email, bot.now, bot.doorbell)


@pytest.mark.parametrize(
    "settings",
    [{}, {"redis_url": "redis://127.0.0.1:1", "poll_every": timedelta(seconds=0.05)}],
    ids=["by a hint", "by looking"],
)
async def test_the_socket_of_who_is_erased_closes(
    start: Start, settings: dict[str, object]
) -> None:
    bot: Bot = await start(**settings)
    ann, ben = await bot.browser(), await bot.browser()
    for browser in (ann, ben):
        await browser.write()
    lines = [await ann.connect(), await ann.connect(), await ben.connect()]
    for line in lines:
        await line.texts(1)
    await ann.give(ADA)
    await erase(bot)
    assert [await line.closed() for line in lines[:2]] == [4401, 4401]
    await bot.reply("Still here")
    assert await lines[2].texts(1) == ["Still here"]


async def test_who_comes_back_at_once_begins_anew(start: Start) -> None:
    bot: Bot = await start(redis_url="redis://127.0.0.1:1", poll_every=timedelta(seconds=0.05))
    ann = await bot.browser()
    await ann.write("Before")
    line = await ann.connect()
    await ann.give(ADA)
    await erase(bot)
    bot.pass_time(minutes=1)
    await ann.write("After", "c2")
    await ann.give(ADA)
    assert await line.closed() == 4401
    await ann.open_frame()
    assert ann.settings["conversation"]["messages"][0]["text"] == "After"
    assert len(bot.rows("erasures")) == 1
