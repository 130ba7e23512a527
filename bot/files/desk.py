"""Takes files in and gives them to those who may read them."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from bot.core.file_names import with_ending
from bot.core.files import FileKind, GivenFile, JudgedFile, KeptFile, visitor_owner
from bot.core.model import VisitorKey
from bot.edge.file_judging import judge
from bot.edge.file_kinds import ENDINGS
from bot.edge.pictures import PictureMaker
from bot.files.keeping import FileKeeper
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read
from bot.storage.files.file_rights import find_upload_for
from bot.storage.files.uploads import Upload, find_own_upload, find_unused, find_upload

_TOKEN_BYTES = 18
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that its reader may read at this moment."""

    file: KeptFile
    _upload: Upload
    _keeper: FileKeeper = field(repr=False)

    def read(self, start: int, length: int) -> Iterator[bytes]:
        """Give a part of its bytes, a piece at a time."""
        return self._keeper.read(self._upload, start, length)


@dataclass(frozen=True, slots=True)
class Files:
    """Judges, makes pictures anew, keeps, and asks for rights each time. All of it blocks."""

    database: Database
    keeper: FileKeeper
    pictures: PictureMaker
    clock: Callable[[], datetime]

    def take(self, given: GivenFile, owner: str) -> KeptFile:
        """Judge a file and keep it for its owner's next message; raises FileRefusedError."""
        judged = judge(given)
        if judged.kind is FileKind.IMAGE:
            return self._take_picture(judged, given, owner)
        file = KeptFile(_token(), judged.kind, judged.name, judged.content_type, given.size)
        self.keeper.keep(file, owner, _pieces(given.body))
        return file

    def find_for(self, browser: VisitorKey, id: str) -> OpenFile | None:
        """Find a file that a browser may read: its own, or one of a message that it may read."""
        owner = visitor_owner(browser)
        own = read(self.database, lambda held: find_own_upload(held, id, owner))
        return self._open(
            own or read(self.database, lambda held: find_upload_for(held, browser, id))
        )

    def find_for_agent(self, owner: str, id: str) -> OpenFile | None:
        """Find a file of any conversation that is there, or one that this agent has uploaded."""
        own = read(self.database, lambda held: find_own_upload(held, id, owner))
        return self._open(own or read(self.database, lambda held: find_upload(held, id)))

    def find_unused(self, owner: str, ids: Sequence[str]) -> dict[str, KeptFile]:
        """Find those of these files that their owner may still use in a message."""
        now = self.clock()
        found = read(self.database, lambda held: find_unused(held, owner, ids, now))
        return {one: upload.file for one, upload in found.items()}

    def _open(self, upload: Upload | None) -> OpenFile | None:
        return OpenFile(upload.file, upload, self.keeper) if upload else None

    def _take_picture(self, judged: JudgedFile, given: GivenFile, owner: str) -> KeptFile:
        given.body.seek(0)
        made = self.pictures.renew(judged.content_type, given.body.read())
        name = judged.name
        if made.content_type != judged.content_type:
            name = with_ending(name, ENDINGS[made.content_type][0])
        size = (made.width, made.height)
        file = KeptFile(_token(), judged.kind, name, made.content_type, len(made.body), *size)
        self.keeper.keep(file, owner, [made.body])
        return file


def _token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def _pieces(body: BinaryIO) -> Iterator[bytes]:
    body.seek(0)
    while piece := body.read(_PIECE):
        yield piece
