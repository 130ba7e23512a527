"""Makes one contact of two that are the same person, and parts them again."""

from collections.abc import Collection

import sqlalchemy as sa

from bot.apply import apply
from bot.core.events import ContactAssociated
from bot.core.model import ContactId
from bot.desk.errors import AlreadyMergedError, NotFoundError, SamePersonError
from bot.desk.types import Actor
from bot.storage.contacts.contacts import (
    ContactView,
    find_associated,
    find_contact,
    lock_contacts,
    update_contact,
)
from bot.storage.contacts.merges import (
    Merge,
    Moved,
    add_merge,
    close_merge,
    find_merge,
    find_returning,
    move_back,
    move_over,
)
from bot.storage.operations.audits import (
    CONTACT_MERGED,
    CONTACT_PARTED,
    ContactAct,
    add_contact_audit,
)
from bot.storage.visitors.batch import Batch, RaceLostError
from bot.storage.visitors.visitor_states import VisitorState, lock_visitors
from config.rules import CaptureRules

_NAMES = ("first_name", "last_name")


def merge(batch: Batch, kept_id: ContactId, gone_id: ContactId, actor: Actor) -> None:
    """Let one contact take in another with its visitors; the gone one's email leads to it.

    Raises RaceLostError if somebody has come to be the gone contact meanwhile.
    """
    if kept_id == gone_id:
        raise SamePersonError
    connection = batch.connection
    threads = lock_visitors(connection, find_associated(connection, gone_id))
    kept, gone = _lock_both(connection, kept_id, gone_id)
    if set(find_associated(connection, gone_id)) != set(threads):
        raise RaceLostError
    _hand_over(batch, threads.values(), kept_id)
    filled = _fill(kept, gone)
    if filled:
        columns: dict[str, object] = {name: getattr(gone, name) for name in filled}
        update_contact(connection, kept_id, columns, batch.now)
    said, older = move_over(connection, kept_id, gone_id)
    moved = Moved(gone_id, list(threads), said, older, filled)
    add_merge(connection, kept_id, moved, actor.key, batch.now)
    for contact, other in ((kept_id, gone_id), (gone_id, kept_id)):
        detail: dict[str, object] = {"contact": other, "kept": kept_id}
        act = ContactAct(actor.key, CONTACT_MERGED, contact, batch.now, detail)
        add_contact_audit(connection, act)
    batch.save()


def part(batch: Batch, merge_id: int, actor: Actor, rules: CaptureRules) -> Merge:
    """Undo a merging: each has again what was its own, and who came by the gone one's address."""
    connection = batch.connection
    merge = find_merge(connection, merge_id)
    if merge is None:
        raise NotFoundError
    threads = lock_visitors(connection, find_returning(connection, merge))
    whole = lock_contacts(connection, [merge.kept_id, merge.gone.id])
    if merge.kept_id not in whole or merge.gone.id in whole:
        raise AlreadyMergedError
    if set(find_returning(connection, merge)) != set(threads):
        raise RaceLostError
    _hand_over(batch, threads.values(), merge.gone.id)
    _tell(batch, threads.values(), whole[merge.kept_id], merge.gone, rules)
    _empty(connection, whole[merge.kept_id], merge, batch)
    move_back(connection, merge, list(threads))
    close_merge(connection, merge.id, batch.now)
    for contact in (merge.kept_id, merge.gone.id):
        act = ContactAct(actor.key, CONTACT_PARTED, contact, batch.now)
        add_contact_audit(connection, act)
    batch.save()
    return merge


def _lock_both(
    connection: sa.Connection, kept_id: ContactId, gone_id: ContactId
) -> tuple[ContactView, ContactView]:
    whole = lock_contacts(connection, [kept_id, gone_id])
    if len(whole) == 2:  # noqa: PLR2004 - both
        return whole[kept_id], whole[gone_id]
    if any(find_contact(connection, one) is None for one in (kept_id, gone_id)):
        raise NotFoundError
    raise AlreadyMergedError


def _hand_over(batch: Batch, threads: Collection[VisitorState], to: ContactId) -> None:
    for thread in threads:
        thread.contact_id, thread.visitor_changed = to, True
        batch.touch(thread)


def _tell(
    batch: Batch,
    threads: Collection[VisitorState],
    kept: ContactView,
    gone: ContactView,
    rules: CaptureRules,
) -> None:
    """Correct what the conversations know where the kept contact's email was changed meanwhile."""
    event = ContactAssociated(gone.email, batch.now)
    for thread in threads:
        if thread.conversation and thread.conversation.email == kept.email:
            apply(batch, thread, event, rules)


def _fill(kept: ContactView, gone: ContactView) -> list[str]:
    """Name the fields to take over: a name as a whole, and never over one that is there."""
    if any(getattr(kept, name) for name in _NAMES):
        return []
    return [name for name in _NAMES if getattr(gone, name)]


def _empty(connection: sa.Connection, kept: ContactView, merge: Merge, batch: Batch) -> None:
    """Take back the name that came with the other, unless somebody has written another one."""
    columns: dict[str, object] = {
        name: None
        for name in merge.moved.filled
        if getattr(kept, name) == getattr(merge.gone, name)
    }
    if columns:
        update_contact(connection, kept.id, columns, batch.now)
