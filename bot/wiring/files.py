"""Opens the stores that keep files."""

from collections.abc import Mapping

from bot.edge.object_store import BucketFiles
from bot.ports.files import FileStore
from bot.storage.database.engine import Database
from bot.storage.files.file_pieces import DatabaseFiles
from config.settings import Settings


def open_stores(settings: Settings, database: Database) -> Mapping[str, FileStore]:
    """Open every store that may hold a file; the first one gets the new ones."""
    kept_here = DatabaseFiles(database)
    if settings.object_store is None:
        return {kept_here.name: kept_here}
    bucket = BucketFiles(settings.object_store)
    return {bucket.name: bucket, kept_here.name: kept_here}
