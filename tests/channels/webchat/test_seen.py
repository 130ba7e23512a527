"""What the visitor has read: told up the socket, and kept."""

import sqlalchemy as sa

from tests.channels.webchat.bot import Bot, Browser, until


async def test_what_one_tab_has_read_is_read(bot: Bot, ann: Browser) -> None:
    tabs = [await ann.connect(), await ann.connect()]
    await ann.write("one")
    bot.pass_time(seconds=10)
    await bot.reply("two")
    for tab, seq in zip(tabs, (2, 1), strict=True):
        await tab.texts(2)
        await tab.send(type="seen", seq=seq)
    await until(lambda: bot.newest["seen_up_to"] == bot.now)


async def test_what_was_seen_is_kept(bot: Bot, ann: Browser) -> None:
    line = await ann.connect()
    await ann.write("one")
    bot.pass_time(seconds=10)
    await bot.reply("two")
    await line.texts(2)
    await line.send(type="seen", seq=2)
    await until(lambda: bot.newest["seen_up_to"] == bot.now)
    await line.send(type="seen", seq=99)
    assert (await line.next("error"))["code"] == "bad_frame"


async def test_what_was_seen_while_the_database_was_away_is_kept_later(
    small: Bot, eve: Browser
) -> None:
    line = await eve.connect()
    await eve.write("one")
    small.pass_time(seconds=10)
    await small.reply("two")
    await line.texts(2)
    refused: list[object] = []
    sa.event.listen(small.database.engine, "handle_error", refused.append)
    _execute(small, "ALTER TABLE messages RENAME TO lost")
    await line.send(type="seen", seq=2)
    await until(lambda: refused)
    _execute(small, "ALTER TABLE lost RENAME TO messages")
    await until(lambda: small.newest["seen_up_to"] == small.now)


def _execute(bot: Bot, statement: str) -> None:
    with bot.database.write() as connection:
        connection.execute(sa.text(statement))
