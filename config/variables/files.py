"""The variables of files that come and go with messages."""

from typing import Annotated

from pydantic import BaseModel, Field

from config.file_store import ObjectStore, read_store_url
from config.kinds import FilesUrl
from config.variables.setting import setting

_MIB = 1024 * 1024


class FileVariables(BaseModel):
    """Where files are kept, and how large they may be."""

    files_url: FilesUrl = setting(
        None,
        "An S3-compatible store for files. Without it: the database. Files that are kept elsewhere "
        "already stay there, and are still found.",
        "`s3://key:secret@host/bucket`, with `?region=…` where the store has regions; "
        "`s3+http://…` for one without TLS",
    )
    files_max_mb: Annotated[int, Field(ge=1, le=25)] = setting(
        10, "How large each file may be, in MB; a message takes five files.", "1 to 25"
    )

    @property
    def object_store(self) -> ObjectStore | None:
        """The S3-compatible store; None: files are kept in the database."""
        return read_store_url(self.files_url.get_secret_value()) if self.files_url else None

    @property
    def most_bytes_of_file(self) -> int:
        """The size of the largest file."""
        return self.files_max_mb * _MIB
