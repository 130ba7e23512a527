"""What the database still holds of somebody."""

from bot.core.arrivals import Fault
from bot.core.model import VisitorKey
from bot.storage.tables import metadata
from bot.storage.visitors.batch import Batch
from tests.office import Office


def traces(office: Office, *needles: str) -> dict[str, str]:
    """Where one of these stands, in any column of any table."""
    return {
        table: needle
        for table in metadata.tables
        for row in office.rows(table)
        for needle in needles
        if needle in repr(row)
    }


def bury(office: Office, *raws: bytes) -> None:
    with office.database.write() as connection:
        batch = Batch(connection, office.now)
        for raw in raws:
            batch.add_fault("messenger", Fault(raw, "not_json"))
        batch.save()


def snapshot(office: Office, place: VisitorKey) -> list[object]:
    [visitor] = office.rows("visitors", external_id=place.external_id)
    [conversation] = office.rows("conversations", visitor_id=visitor["id"])
    words = office.rows("messages", conversation_id=conversation["id"])
    work = office.rows("outbox", visitor_id=visitor["id"])
    return [visitor, conversation, words, work]
