"""What the visitor has read: told up the socket, and kept."""

from tests.channels.webchat.bot import Bot, Browser, until


async def test_s16_what_one_tab_has_read_is_read(bot: Bot, ann: Browser) -> None:
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
