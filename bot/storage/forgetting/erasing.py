"""The first step of forgetting: one short transaction, after which nobody sees the person any more.

It remembers the places, cancels the work, empties and hides the visitors and conversations, and
deletes the contacts. Their rows go later, in small steps (`erasing_steps`). Whoever comes to be
associated with a contact meanwhile is protected by its foreign key: the transaction fails, is
repeated, and finds them.
"""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bot.core.emails import key_of
from bot.core.files import visitor_owner
from bot.core.model import CaptureState, ConversationId, Status, VisitorId, VisitorKey
from bot.storage.contacts.contacts import find_contact_by_key, lock_contacts
from bot.storage.contacts.email_domains import forget_domains
from bot.storage.files.uploads import forget_uploads_of
from bot.storage.forgetting.erasing_dead_letters import needles_of
from bot.storage.forgetting.persons import (
    LinkedVisitor,
    StoredPerson,
    find_beside,
    find_by_number,
    find_emails,
    find_further_places,
    find_linked,
    find_there,
    find_whole,
    forget_beside,
)
from bot.storage.forgetting.referring import MANY, REFERRING
from bot.storage.mails.suppressions import forget_addresses
from bot.storage.outbox.rows import OutboxState
from bot.storage.tables import (
    audit,
    claims,
    contacts,
    conversations,
    outbox,
    unfinished_erasures,
    visitors,
)
from bot.storage.visitors.batch import RaceLostError
from bot.storage.visitors.dedupe import remember_erased
from bot.storage.visitors.visitor_states import VisitorState, lock_visitor_states, lock_visitors

ERASED = "person.erased"
RETENTION = "retention"
_CANCELLED = "The visitor was erased."
_NOT_YET = (OutboxState.PENDING, OutboxState.SENDING)


@dataclass(frozen=True, slots=True)
class Erasure:
    """On whose word a person is erased, and when."""

    actor: str
    at: datetime
    request_key: str | None = None
    """The request for a deletion that is done once all rows are gone."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom an operator wants to be forgotten: by an address, a number, or as visitors."""

    email_key: str | None = None
    phone: str | None = None
    visitors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Erased:
    """Counts of the rows that an erasure removed."""

    contacts: int = 0
    visitors: int = 0
    conversations: int = 0
    messages: int = 0
    orders: int = 0
    """Of the outbox, whether they were still to be done or not."""
    dead_letters: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """An erasure that is under way: nobody sees the person any more, its rows go step by step."""

    job: int
    found: Erased
    threads: tuple[VisitorState, ...]
    """As they were."""
    left: tuple[LinkedVisitor, ...]


def find_person(connection: sa.Connection, whom: Whom) -> StoredPerson:
    """Find whom an operator means, whole."""
    known: set[VisitorId] = find_there(connection, whom.visitors)
    if whom.phone:
        known |= find_by_number(connection, whom.phone)
    contact = find_contact_by_key(connection, whom.email_key) if whom.email_key else None
    ids = frozenset({contact.id} if contact else ())
    return find_whole(connection, StoredPerson(frozenset(known), ids))


def erase_contact(connection: sa.Connection, email_key: str, erasure: Erasure) -> Begun | None:
    """Begin to erase a contact with all its visitors and all that was merged into it.

    None: there is no such one. Raises RaceLostError if something becomes the person's meanwhile.
    """
    return erase_whom(connection, Whom(email_key), erasure)


def erase_whom(connection: sa.Connection, whom: Whom, erasure: Erasure) -> Begun | None:
    """Begin to erase a person; None: there is nobody. Raises RaceLostError."""
    return _erase(connection, lambda: _seek(connection, whom), [], erasure)


def is_known(connection: sa.Connection, whom: Whom) -> bool:
    """Say whether something is kept of whom an operator means."""
    sought = _seek(connection, whom)
    return not sought.person.is_nobody or bool(sought.beside)


def erase_places(
    connection: sa.Connection, places: Collection[VisitorKey], erasure: Erasure
) -> Begun | None:
    """Begin to erase the visitors of these places, and the contacts that came from nobody else."""
    threads = lock_visitor_states(connection, places)
    known = frozenset(one.visitor_id for one in threads.values() if one.visitor_id)
    begun = _erase(
        connection, lambda: _Sought(find_whole(connection, StoredPerson(known))), places, erasure
    )
    if begun is None:
        remember_erased(connection, places, erasure.at)
    return begun


@dataclass(frozen=True, slots=True)
class _Sought:
    person: StoredPerson
    email_key: str | None = None
    beside: frozenset[VisitorId] = frozenset()
    """Others, who gave that address beside another one that they have proved."""


def _seek(connection: sa.Connection, whom: Whom) -> _Sought:
    person, key = find_person(connection, whom), whom.email_key
    beside = find_beside(connection, key) if key else frozenset()
    return _Sought(person, key, beside - person.visitors)


def _erase(
    connection: sa.Connection,
    find: Callable[[], _Sought],
    places: Collection[VisitorKey],
    erasure: Erasure,
) -> Begun | None:
    sought = find()
    person = sought.person
    if person.is_nobody and not sought.beside:
        return None
    threads = lock_visitors(connection, person.visitors | sought.beside)
    lock_contacts(connection, person.contacts)
    if find() != sought:
        raise RaceLostError  # somebody wrote, was linked or merged while we waited
    if sought.email_key:
        forget_beside(connection, sought.beside, sought.email_key)
    own = tuple(threads[one] for one in sorted(person.visitors) if one in threads)
    return _begin(connection, _Held(person, own, set(places), sought), erasure)


@dataclass(frozen=True, slots=True)
class _Held:
    person: StoredPerson
    threads: tuple[VisitorState, ...]
    elsewhere: set[VisitorKey]
    """Where the person may have written besides."""
    sought: _Sought = field(default_factory=lambda: _Sought(StoredPerson()))

    @property
    def talks(self) -> list[ConversationId]:
        return sorted(one.conversation_id for one in self.threads if one.conversation_id)

    @property
    def work(self) -> dict[str, object]:
        """What is still to be deleted, and how far that has come."""
        return {
            "visitors": sorted(self.person.visitors),
            "conversations": self.talks,
            "contacts": sorted(self.person.contacts),
            "needles": [],
            "read_up_to": 0,
            "done": {},
        }

    @property
    def found(self) -> Erased:
        return Erased(
            contacts=len(self.person.contacts),
            visitors=len(self.threads),
            conversations=len(self.talks),
            messages=sum(one.last_seq for one in self.threads),
        )


def _begin(connection: sa.Connection, held: _Held, erasure: Erasure) -> Begun:
    person, beside = held.person, held.sought.beside
    left = tuple(find_linked(connection, person, beside))
    answered = {
        thread.place._replace(external_id=thread.answer_to)
        for thread in held.threads
        if thread.answer_to
    }
    places = held.elsewhere | {thread.place for thread in held.threads}
    places |= find_further_places(connection, person.visitors)
    emails = find_emails(connection, person) | set(filter(None, [held.sought.email_key]))
    remember_erased(connection, places, erasure.at)
    forget_addresses(connection, set(map(key_of, emails)), erasure.at)
    forget_domains(connection, emails)
    forget_uploads_of(connection, set(map(visitor_owner, places)))
    _hide(connection, held, erasure.at)
    job = {
        "actor": erasure.actor,
        "at": erasure.at,
        "request_key": erasure.request_key,
        "removed": {"contacts": len(person.contacts)},
        "audit_ids": _keep_that(connection, held, erasure),
        "work": held.work | {"needles": sorted(needles_of(emails, places | answered))},
    }
    return Begun(_order(connection, job), held.found, held.threads, left)


def expire(
    connection: sa.Connection, ids: Collection[VisitorId], before: datetime, now: datetime
) -> None:
    """Begin to delete visitors of whom nothing was heard since then, and who have no contact."""
    old = {
        number: one
        for number, one in lock_visitors(connection, ids).items()
        if not one.contact_id and (one.last_message_at or one.created_at) <= before
    }
    if old:
        held = _Held(StoredPerson(frozenset(old)), tuple(old.values()), set())
        _hide(connection, held, now)
        _order(connection, {"actor": RETENTION, "at": now, "removed": {}, "work": held.work})


def _order(connection: sa.Connection, job: dict[str, object]) -> int:
    statement = sa.insert(unfinished_erasures).values(job).returning(unfinished_erasures.c.id)
    return int(connection.execute(statement).scalar_one())


def _hide(connection: sa.Connection, held: _Held, now: datetime) -> None:
    """Leave hulls of visitors and conversations, and nothing of the contacts."""
    person = held.person
    _end_rights(connection, held)
    own = claims.c.visitor_id.in_(person.visitors)
    connection.execute(sa.delete(claims).where(own | claims.c.contact_id.in_(person.contacts)))
    here = outbox.c.visitor_id.in_(person.visitors)
    connection.execute(
        sa.update(outbox)
        .where(here, outbox.c.state.in_(_NOT_YET))
        .values(
            state=OutboxState.CANCELLED,
            reason=_CANCELLED,
            settled_at=now,
            payload=None,
            lease=None,
            lease_until=None,
        )
    )
    connection.execute(
        sa.update(conversations)
        .where(conversations.c.visitor_id.in_(person.visitors))
        .values(
            {
                **_nothing(conversations),
                "status": Status.CLOSED,
                "capture_state": CaptureState.SKIPPED,
                "capture_reason": "",
                "gone_at": now,
            }
        )
    )
    name = sa.literal("gone:") + sa.cast(visitors.c.id, sa.Text)
    connection.execute(
        sa.update(visitors)
        .where(visitors.c.id.in_(person.visitors))
        .values({**_nothing(visitors), "external_id": name, "guest": True, "gone_at": now})
    )
    connection.execute(sa.delete(contacts).where(contacts.c.id.in_(person.contacts)))


def _end_rights(connection: sa.Connection, held: _Held) -> None:
    """Delete what opens a conversation (browsers, tokens, links), and whatever is as little."""
    for to, ids in (("visitors", held.person.visitors), ("conversations", held.talks)):
        for table, column in REFERRING[to]:
            if table not in {*MANY, conversations}:
                connection.execute(sa.delete(table).where(column.in_(ids)))


def _nothing(table: sa.Table) -> dict[str, object]:
    return {column.name: None for column in table.c if column.nullable}


def _keep_that(connection: sa.Connection, held: _Held, erasure: Erasure) -> list[int]:
    rows = [
        {
            "at": erasure.at,
            "actor": erasure.actor,
            "action": ERASED,
            "contact_id": contact_id,
            "detail": asdict(held.found),
        }
        for contact_id in sorted(held.person.contacts) or (None,)
    ]
    added = connection.execute(sa.insert(audit).returning(audit.c.id), rows)
    return [int(row.id) for row in added]
