"""Files of visitors and agents: kept before their message is, and given to its readers."""

from bot.files.desk import Files
from bot.files.keeping import FileKeeper

__all__ = ["FileKeeper", "Files"]
