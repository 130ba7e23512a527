"""Which files are taken, by their bytes, their names and what is said of them."""

import io
import zipfile

import pytest

from bot.core.file_names import clean_name
from bot.core.files import FileKind, FileRefusal, FileRefusedError, GivenFile
from bot.edge.file_judging import judge
from tests.bot.edge.pictures import picture

PDF = b"%PDF-1.7\n" + b"x" * 50
MP4 = b"\0\0\0\x18ftypmp42" + bytes(40)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "words")
    return out.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
ODT = archive("mimetype").replace(
    b"mimetypewords", b"mimetypeapplication/vnd.oasis.opendocument.text"
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40)

TAKEN = [
    (picture(), "a.jpg", FileKind.IMAGE, "a.jpg"),
    (picture(), "photo", FileKind.IMAGE, "photo.jpg"),
    (picture("PNG"), "saved-as.jpg", FileKind.IMAGE, "saved-as.png"),
    (picture("WEBP"), "a.webp", FileKind.IMAGE, "a.webp"),
    (picture("GIF"), "a.gif", FileKind.IMAGE, "a.gif"),
    (b"\0\0\0\x18ftypheic" + bytes(9), "IMG_1.HEIC", FileKind.IMAGE, "IMG_1.heic"),
    (PDF, "invoice.pdf", FileKind.FILE, "invoice.pdf"),
    ("prix: 3 €, naïve".encode() * 700, "notes.txt", FileKind.FILE, "notes.txt"),
    (b"a,b\n1,2\n", "table.csv", FileKind.FILE, "table.csv"),
    (b"about <script> in words", "log.md", FileKind.FILE, "log.md"),
    (DOCX, "letter.docx", FileKind.FILE, "letter.docx"),
    (ODT, "letter.odt", FileKind.FILE, "letter.odt"),
    (OLE, "old.xls", FileKind.FILE, "old.xls"),
    (archive("a.txt"), "all.zip", FileKind.FILE, "all.zip"),
    (b"ID3\4" + bytes(40), "song.mp3", FileKind.AUDIO, "song.mp3"),
    (b"\0\0\0\x18ftypM4A " + bytes(9), "voice.m4a", FileKind.AUDIO, "voice.m4a"),
    (b"OggS" + bytes(40), "voice.ogg", FileKind.AUDIO, "voice.ogg"),
    (MP4, "film.mp4", FileKind.VIDEO, "film.mp4"),
    (b"\x1a\x45\xdf\xa3\x01\x42\x82\x84webm", "film.webm", FileKind.VIDEO, "film.webm"),
    (PDF, "../../etc/Rech\u202enung\x07 .pdf", FileKind.FILE, "Rechnung.pdf"),
]
LIES, NOT, TWO = FileRefusal.LIES, FileRefusal.NOT_ALLOWED, FileRefusal.TWO_IN_ONE
REFUSED = [
    (b"", "a.txt", "", FileRefusal.EMPTY),
    (PDF, "photo.jpg", "", LIES),
    (SVG, "logo.svg", "image/svg+xml", NOT),
    (SVG, "logo.png", "image/png", LIES),
    (b"\xef\xbb\xbf\n <HTML>", "page.txt", "", LIES),
    (b"<?xml version='1.0'?><svg/>", "a.txt", "text/plain", LIES),
    (b"MZ" + bytes(100), "setup.exe", "", NOT),
    (b"\x7fELF" + bytes(100), "tool", "", NOT),
    (PDF, "invoice.pdf.exe", "", NOT),
    (b"echo hello", "run.sh", "", NOT),
    (archive("a.class"), "game.jar", "", NOT),
    (archive("a.txt"), "photo.jpg", "", LIES),
    (b"harmless words", "a.jpg", "", LIES),
    (b"harmless words", "a.txt", "image/png", LIES),
    (picture() + archive("a.class"), "two.jpg", "", TWO),
    (PDF + archive("a.class"), "two.pdf", "", TWO),
    (b"GIF89a/*<script>alert(1)</script>*/" + bytes(50), "a.gif", "", TWO),
    (b"\xff\xd8\xff\xfe\0\x40%PDF-1.4" + bytes(50), "a.jpg", "", TWO),
    (b"\0\0\0\x14ftypqt  " + bytes(50), "clip.mov", "", NOT),
]


def given(body: bytes, name: str, declared: str = "") -> GivenFile:
    return GivenFile(io.BytesIO(body), len(body), name, declared)


@pytest.mark.parametrize(("body", "name", "kind", "called"), TAKEN, ids=[one[3] for one in TAKEN])
def test_a_file_is_what_its_bytes_say(body: bytes, name: str, kind: FileKind, called: str) -> None:
    judged = judge(given(body, name))
    assert (judged.kind, judged.name) == (kind, called)


@pytest.mark.parametrize(("body", "name", "declared", "why"), REFUSED, ids=range(len(REFUSED)))
def test_a_file_is_refused_in_words(
    body: bytes, name: str, declared: str, why: FileRefusal
) -> None:
    with pytest.raises(FileRefusedError) as caught:
        judge(given(body, name, declared))
    assert caught.value.why is why


def test_names_are_one_plain_line() -> None:
    table = {
        "C:\\Users\\ann\\a.pdf": "a.pdf",
        "a\u202efdp.exe": "afdp.exe",
        "  two   words\t.txt ": "two words.txt",
        "...": "",
        "x" * 300 + ".pdf": "x" * 96 + ".pdf",
        "naïve \U0001f600.png": "naïve \U0001f600.png",
        'a<b>"c".txt': "a_b__c_.txt",
    }
    for name, shown in table.items():
        assert clean_name(name) == shown, name
