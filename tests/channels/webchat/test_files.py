"""Files of visitors: sent with a message, and read by who may read that, and by nobody else."""

import asyncio

import pytest
from limits import RateLimitItemPerMinute

from bot.core.model import ConversationId
from bot.edge.limits import Allowance
from bot.erasure import erase_person, read_whom
from bot.storage.mails.mails import SentMail, add_mails
from channels.webchat.limits import ALLOWANCES
from tests.bot.edge.pictures import PLACE, moving, turned_with_a_place
from tests.bot.edge.test_file_judging import SVG, archive
from tests.channels.webchat.bot import Bot, Browser
from tests.channels.webchat.conftest import Start
from tests.channels.webchat.test_returning import ADA, link, press

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 3_000


async def status_of(browser: Browser, file: str) -> int:
    return (await browser.get(f"/chat/files/{file}")).status


async def test_a_photo_goes_with_a_message_and_comes_back_upright_and_bare(
    bot: Bot, ann: Browser
) -> None:
    response = await ann.upload(turned_with_a_place(), "C:\\IMG\u202e_1.JPG", "image/jpeg")
    told = await response.json()
    assert response.status == 201
    assert (told["name"], told["type"]) == ("IMG_1.jpg", "image/jpeg")
    assert (told["width"], told["height"]) == (40, 60)
    sent = await ann.send(told["id"])
    assert sent.status == 201
    again = await ann.send(told["id"])
    assert (again.status, await again.json()) == (200, await sent.json())
    [message] = await ann.history()
    assert message["text"] == ""
    [shown] = message["attachments"]
    assert (shown["id"], shown["kind"], shown["name"]) == (told["id"], "image", "IMG_1.jpg")
    given = await ann.get(f"/chat/files/{told['id']}")
    body = await given.read()
    assert len(body) == told["size"] == shown["size"]
    assert PLACE.encode() not in body
    headers = given.headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Disposition"].startswith("inline;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    asked = {"If-None-Match": headers["ETag"]}
    assert (await ann.get(f"/chat/files/{told['id']}", headers=asked)).status == 304
    assert PLACE not in repr(bot.rows("messages"))


async def test_what_is_no_picture_is_given_to_keep_whole_or_in_part(ann: Browser) -> None:
    file = await ann.uploaded(PDF, "naïve \U0001f600.pdf")
    await ann.send(file, text="Here")
    whole = await ann.get(f"/chat/files/{file}")
    assert (whole.status, await whole.read()) == (200, PDF)
    assert whole.headers["Content-Type"] == "application/octet-stream"
    assert whole.headers["Content-Disposition"] == (
        "attachment; filename=\"na_ve _.pdf\"; filename*=UTF-8''na%C3%AFve%20%F0%9F%98%80.pdf"
    )
    table = {
        "bytes=0-9": PDF[:10],
        "bytes=262140-262150": PDF[262_140:262_151],
        "bytes=-7": PDF[-7:],
        "bytes=700000-": PDF[700_000:],
    }
    for asked, part in table.items():
        given = await ann.get(f"/chat/files/{file}", headers={"Range": asked})
        assert (given.status, await given.read()) == (206, part), asked
    beyond = await ann.get(f"/chat/files/{file}", headers={"Range": "bytes=9000000-"})
    assert beyond.status == 416


async def test_what_may_not_be_sent_is_refused_in_words(start: Start) -> None:
    bot = await start(most_bytes_of_file=1_000_000)
    ann = await bot.browser()
    refused = [
        (b"", "a.txt", 422, "file_empty"),
        (PDF + bytes(400_000), "a.pdf", 413, "file_too_large"),
        (SVG, "logo.svg", 415, "file_not_allowed"),
        (SVG, "logo.png", 415, "file_lies"),
        (PDF + archive("a"), "a.pdf", 415, "file_two_in_one"),
        (moving(400), "a.gif", 415, "file_too_many_pixels"),
        (b"\xff\xd8\xff" + bytes(99), "a.jpg", 415, "file_unreadable"),
    ]
    for body, name, status, code in refused:
        response = await ann.upload(body, name)
        error = (await response.json())["error"]
        assert (response.status, error["code"]) == (status, code), name
        assert error["message"].endswith(".")
    assert (await ann.post("/chat/files", {"file": "x"})).status == 415
    assert (await ann.without_ticket().without_cookie().upload(PDF)).status == 401
    assert (
        await ann.post("/chat/files", data=b"x", headers={"Origin": "https://x.example"})
    ).status == 403
    assert bot.rows("uploads") == []


async def test_a_message_takes_only_its_writers_own_unused_files(bot: Bot, ann: Browser) -> None:
    ben = await bot.browser()
    mine, hers = await ben.uploaded(), await ann.uploaded()
    refused = [["nothing"], [hers], [mine, hers], [mine, mine], [mine] * 6, [""], ["x" * 101]]
    for number, files in enumerate(refused):
        response = await ben.send(*files, client_id=f"r{number}")
        assert response.status == 422, files
    assert bot.rows("messages") == []
    assert (await ben.send(mine, client_id="a")).status == 201
    assert (await ben.send(mine, client_id="b")).status == 422  # another message has it
    assert (await ben.send(client_id="c")).status == 422  # neither text nor file
    other = await ben.uploaded()
    assert (await ben.send(other, client_id="a")).status == 409
    assert (await ben.send(text="x", client_id="a")).status == 409
    bot.pass_time(days=1)
    late = await ben.without_ticket().send(other, client_id="d")
    assert late.status == 422  # the file is about to be deleted


async def test_an_upload_that_is_cut_off_leaves_nothing(bot: Bot, ann: Browser) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    response = await ann.post("/chat/files", data=head, headers=kind)
    assert response.status == 400
    assert bot.rows("uploads") == bot.rows("file_pieces") == []


async def test_a_visitor_sends_so_many_files_and_no_more(start: Start) -> None:
    few = Allowance(RateLimitItemPerMinute(2), None)
    bot = await start(allowances={**ALLOWANCES, "file": few})
    ann, ben = await bot.browser(), await bot.browser()
    assert [(await ann.upload(PDF)).status for _ in range(3)] == [201, 201, 429]
    assert (await ben.upload(PDF)).status == 201


async def test_each_file_has_its_messages_readers_whenever_it_is_asked_for(
    bot: Bot, ann: Browser
) -> None:
    """Principals, files and moments: after a proof has divided the conversation, and erasure."""
    phone, ben = Browser(bot), await bot.browser()
    files = {"unused": await ann.uploaded(), "before": await ann.uploaded()}
    await ann.send(files["before"], text="Look")
    await ann.give(ADA)

    async def readers() -> dict[str, str]:
        nobody = ann.without_ticket().without_cookie()
        people = {"ann": ann, "phone": phone, "ben": ben, "nobody": nobody}
        found = {}
        for name, file in files.items():
            who = [one for one, browser in people.items() if await status_of(browser, file) == 200]
            found[name] = " ".join(who)
        return found

    await ben.send(await ben.uploaded(), text="Hello")
    assert await readers() == {"unused": "ann", "before": "ann"}
    await bot.reply("Here I am", bot.rows("conversations")[0]["id"])
    talk = ConversationId(bot.rows("conversations")[0]["id"])
    seq = bot.rows("messages", conversation_id=talk)[-1]["seq"]
    with bot.database.write() as connection:
        add_mails(connection, [SentMail(talk, ADA, "key", seq, seq, bot.now)])
    assert (await press(phone, link(bot, talk))).status == 303
    files["after"] = await phone.uploaded()
    assert (await phone.send(files["after"], text="Mine")).status == 201
    assert await readers() == {"unused": "ann", "before": "ann", "after": "phone"}
    files["elsewhere"] = await ann.uploaded()
    assert (await ann.send(files["elsewhere"], client_id="f2")).status == 201
    # what is hers now is a conversation of its own: the old one is shown no longer
    assert await readers() == {"unused": "ann", "before": "", "after": "phone", "elsewhere": "ann"}
    await asyncio.to_thread(erase_person, bot.database, read_whom(ADA), bot.now, bot.doorbell)
    left = await readers()
    assert (left["before"], left["after"], left["elsewhere"]) == ("", "", "ann")


@pytest.mark.parametrize("size", [0, 1, 65_536, 300_000])
async def test_files_of_any_size_come_back_as_they_went(ann: Browser, size: int) -> None:
    body = b"%PDF-" + bytes(size)
    file = await ann.uploaded(body)
    assert await (await ann.get(f"/chat/files/{file}")).read() == body
