"""Says at each request which files a browser may read: those of the messages that it may read."""

import sqlalchemy as sa

from bot.core.model import ConversationId, VisitorKey
from bot.storage.files.uploads import Upload, find_upload
from bot.storage.tables import messages
from bot.storage.visitors.visitor_views import find_reader_view


def find_upload_for(connection: sa.Connection, browser: VisitorKey, token: str) -> Upload | None:
    """Find a file that a browser may read as one of its conversation's readers, or was one."""
    upload = find_upload(connection, token)
    if upload is None:
        return None
    here = messages.c.id == upload.message_id
    query = sa.select(messages.c.conversation_id).where(here)
    talk = ConversationId(connection.execute(query).scalar_one())
    view = find_reader_view(connection, browser, talk)
    if view is None:
        return None
    may_read = connection.execute(sa.select(messages.c.id).where(here, view.readable)).first()
    return upload if may_read else None
