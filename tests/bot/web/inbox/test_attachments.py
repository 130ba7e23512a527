"""Copies of what visitors attached: shown from here, to agents alone, unable to act."""

import pytest

from bot.core.arrivals import Arrival
from bot.core.events import Attachment, VisitorWrote
from bot.core.files import FileKind, KeptFile
from bot.core.model import MessageId
from bot.files import FileKeeper
from bot.storage.files.file_pieces import DatabaseFiles
from bot.storage.files.files import FileMark, FileState, StoredFile, save_files
from tests.bot.web.inbox.browsers import Browser
from tests.office import ANN, Office

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
FOREIGN = "https://scontent.fbcdn.net/a.png"


@pytest.fixture
def message(office: Office) -> int:
    """A message with a picture, something else, and something that could not be had."""
    part = Attachment("image", url=FOREIGN)
    wrote = VisitorWrote("", office.now, office.now, attachments=(part,) * 4)
    office.receive_all([Arrival(ANN, wrote, "m_1", b"raw")])
    stored = MessageId(office.rows("messages")[0]["id"])
    kept = FileState.KEPT
    copies = [
        StoredFile(0, FileMark(kept, "image/png", len(PNG)), PNG),
        StoredFile(1, FileMark(kept, "text/html", 8), b"<script>"),
        StoredFile(2, FileMark(FileState.REFUSED, reason="It is larger than 10 MB.")),
    ]
    with office.database.write() as connection:
        save_files(connection, [(stored, copy) for copy in copies], office.now)
    return stored


async def test_a_picture_is_shown_and_what_could_not_be_had_says_why(
    maya: Browser, office: Office, message: int
) -> None:
    talk = office.rows("conversations")[0]["id"]
    page = await (await maya.get(f"/inbox/{talk}")).text()
    assert f'src="/inbox/files/{message}/0"' in page
    assert f'href="/inbox/files/{message}/1" download' in page
    assert "It is larger than 10 MB." in page
    assert "fbcdn" not in page


async def test_a_picture_comes_as_itself(maya: Browser, message: int) -> None:
    answer = await maya.get(f"/inbox/files/{message}/0")
    assert (answer.status, answer.content_type, await answer.read()) == (200, "image/png", PNG)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_anything_else_is_only_given_to_keep(maya: Browser, message: int) -> None:
    answer = await maya.get(f"/inbox/files/{message}/1")
    assert (answer.status, answer.content_type) == (200, "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    "place", ["0/0", "{message}/2", "{message}/3", "{message}/9", f"{2**70}/0"]
)
async def test_what_is_not_kept_is_not_there(maya: Browser, message: int, place: str) -> None:
    path = place.format(message=message)
    assert (await maya.get(f"/inbox/files/{path}")).status == 404


async def test_strangers_get_nothing(stranger: Browser, message: int) -> None:
    assert (await stranger.get(f"/inbox/files/{message}/0")).status in {303, 401}


async def test_a_file_that_a_visitor_sent_is_shown_to_agents_alone(
    maya: Browser, office: Office
) -> None:
    stores = {"database": DatabaseFiles(office.database)}
    keeper = FileKeeper(office.database, stores, lambda: office.now)
    names = ("photo.png", "\u202efdp.exe.pdf")
    for token, kind, name in (("one", FileKind.IMAGE, names[0]), ("two", FileKind.FILE, names[1])):
        content_type = "image/png" if kind is FileKind.IMAGE else "application/pdf"
        keeper.keep(KeptFile(token, kind, name, content_type, len(PNG)), "somebody", [PNG])
    assert (await maya.get("/inbox/uploads/one")).status == 404  # no message has it yet
    parts = (Attachment("image", names[0]), Attachment("file", names[1]))
    wrote = VisitorWrote("", office.now, office.now, attachments=parts, files=("one", "two"))
    office.receive_all([Arrival(ANN, wrote, "m_1", b"raw")])
    talk = office.rows("conversations")[0]["id"]
    page = await (await maya.get(f"/inbox/{talk}")).text()
    assert 'src="/inbox/uploads/one"' in page
    assert 'href="/inbox/uploads/two" download' in page
    picture = await maya.get("/inbox/uploads/one")
    assert (picture.status, picture.content_type, await picture.read()) == (200, "image/png", PNG)
    other = await maya.get("/inbox/uploads/two")
    assert (other.content_type, await other.read()) == ("application/octet-stream", PNG)
    assert other.headers["Content-Disposition"].startswith("attachment;")
