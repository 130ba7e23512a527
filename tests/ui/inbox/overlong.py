"""A shop without a blank: names, addresses, texts and reasons of hundreds of letters."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from bot.core.arrivals import Fault, Visit
from bot.core.events import Attachment, EmailGiven
from bot.core.model import ContactId, ConversationId, VisitorKey
from bot.desk.agent import Agent
from bot.desk.saved_replies import SavedReplies
from bot.desk.types import ConversationChanges, Person, Words
from bot.notifications.webhook_signing import new_secret
from bot.storage.operations.checkup import KeptFinding, save_checkup
from bot.storage.outbox.accounts import Account, AccountState, lock_account, save_account
from bot.storage.outbox.rows import Work
from bot.storage.tables import outbox, visitors, webhook_endpoints
from bot.storage.team.webhook_endpoints import add_endpoint
from bot.storage.visitors.batch import Batch
from tests.orders import order
from tests.ui.inbox.support import SITE, Support, on_messenger, on_site
from tests.ui.unbroken import email, word


@dataclass(frozen=True, slots=True)
class Overlong:
    """What was made, to be opened."""

    talk: ConversationId
    named: ContactId
    other_email: str
    program: int


def fill(support: Support, maya: Agent, script: str) -> Overlong:
    """Fill a server with words of that script."""
    long = word(400 if script != "emoji" else 60, script)
    name = word(200 if script != "emoji" else 40, script)
    colleague = support.join(email(120), name)
    visit = Visit(f"{SITE}/{'p' * 400}", long, f"{'r' * 60}.example", "B" * 80, "en")
    place = on_messenger("overlong")
    talk = _talk(support, place, long, visit)
    support.desk.change(talk, 1, ConversationChanges(assignee=colleague.email), maya.actor)
    _rename_visitors(support, name)
    named = _contacts(support, maya, talk, name)
    _replies(support, maya, long)
    program = _programs(support, long)
    _operations(support, long)
    return Overlong(talk, named, email(200), program)


def _talk(support: Support, place: VisitorKey, long: str, visit: Visit) -> ConversationId:
    attachments = [
        Attachment("file", long, f"https://files.example/{'f' * 300}"),
        Attachment("image", long, None),
        Attachment("location", long, None, 1.0, 2.0),
    ]
    talk = support.write(long, place, attachments=attachments, visit=visit)
    support.write(f"https://shop.example/{'u' * 600}", place)
    agents = (support.join(email(60), long[:200]), support.join(email(61), "Bo"))
    for number, agent in enumerate(agents):
        support.desk.reply(talk, Words(f"{long}{number}", f"o{number}"), agent.actor)
        support.desk.note(talk, Words(f"{long}{number}", f"n{number}"), agent.actor)
    with support.database.write() as connection:
        dead = sa.update(outbox).values(state="dead", reason=long)
        connection.execute(dead.where(outbox.c.kind == Work.DELIVER))
    support.pass_time(minutes=20)
    support.write(long, place, visit=visit)
    for number in range(3):
        support.write(long, on_site(f"{long}{number}"), visit=visit)
    for number in range(3):
        support.write(long, on_messenger(f"{number}"))
    support.pass_time(seconds=61)
    support.work()
    return talk


def _rename_visitors(support: Support, name: str) -> None:
    with support.database.write() as connection:
        connection.execute(sa.update(visitors).values(first_name=name, last_name=name))


def _contacts(support: Support, maya: Agent, talk: ConversationId, name: str) -> ContactId:
    book, long = support.desk.contacts, email(254)
    for who in ("one", "two"):
        place = on_site(who)
        other = support.write(name, place)
        support.report(EmailGiven(long, support.now), place)
        support.desk.associate_person(other, Person(long, name, name), maya.actor)
    for length in (28, 60, 120, 200):
        book.create(Person(email(length)), maya.actor)
    match = book.look_up(long)
    assert match
    support.desk.associate_person(talk, Person(long), maya.actor)
    gone = book.create(Person(email(230), name), maya.actor)
    book.merge(match.contact.id, gone.id, maya.actor)
    book.change(match.contact.id, {"last_name": name[:-1]}, maya.actor)
    return match.contact.id


def _replies(support: Support, maya: Agent, long: str) -> None:
    shelf = SavedReplies(support.database, support.clock)
    for letter in "abc":
        shelf.add(letter * 30, long * 3, maya.email)


def _programs(support: Support, long: str) -> int:
    now = support.clock()
    with support.database.write() as connection:
        url = f"https://programs.example/{'h' * 1900}"
        events = ["message.created", "contact.created", "conversation.changed"]
        added = add_endpoint(connection, url, new_secret(), events, now)
        off = sa.update(webhook_endpoints).values(reason=long)
        connection.execute(off)
        payload = {"event": "message.created", "at": now.isoformat(), "contact": None}
        for number in range(3):
            target = f"endpoint:{added}"
            order(connection, Work.WEBHOOK, f"w{number}", now, payload=payload, target=target)
        connection.execute(
            sa.update(outbox).values(reason=long).where(outbox.c.kind == Work.WEBHOOK)
        )
    return added


def _operations(support: Support, long: str) -> None:
    findings = [
        KeptFinding("ok", long, long, ""),
        KeptFinding("broken", long, long, long),
        KeptFinding("needs attention", "mails", long, f"https://{long}"),
    ]
    with support.database.write() as connection:
        batch = Batch(connection, support.now)
        for _ in range(3):
            batch.add_fault("messenger", Fault(b"<xml/>", long, long))
        batch.save()
        save_checkup(connection, findings, support.now - timedelta(minutes=4))
        for channel in ("messenger", "webchat", "email"):
            site = f"https://{long}.example"
            lock_account(connection, channel, site, support.now)
            stopped = Account(channel, site, AccountState.STOPPED, long)
            save_account(connection, stopped, support.now)
