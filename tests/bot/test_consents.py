"""Consents where they are kept, shown, taken along and withdrawn."""

import csv
import io
from dataclasses import replace

import pytest

from bot.core.consent_words import consent_words
from bot.core.events import DECLINE_PAYLOAD, VisitorWrote
from bot.core.model import ConversationId, VisitorKey
from bot.desk.export import export_contacts
from bot.desk.mailing import WITHDRAWN
from config.rules import ConsentMode
from tests.bot.agents import join
from tests.factories import ADA
from tests.mail_server import PostOffice, post
from tests.mailroom import DELAY, MAYA, SITE, MailRoom
from tests.office import ANN, BEN, Office

__all__ = ["post"]  # for pytest to find


@pytest.fixture
def needed(office: Office) -> Office:
    office.rules = replace(office.rules, consent=ConsentMode.REQUIRED)
    return office


def test_on_messenger_the_prompt_has_two_halves_and_what_is_agreed_to_is_kept(
    needed: Office,
) -> None:
    needed.write("Hello")
    needed.pass_time(60)
    needed.work()
    first = needed.channel.sent[-1][1]
    question = consent_words("en", needed.rules).question(None)
    assert first.text == question
    assert [choice.label for choice in first.choices] == ["Yes"]
    assert (first.decline_label, first.asks_for_email) == ("No thanks", False)
    needed.pass_time(5)
    needed.receive(
        VisitorWrote("Yes", needed.now, needed.now, payload="Yes"), place=ANN, key="m_yes"
    )
    needed.work()
    second = needed.channel.sent[-1][1]
    assert (second.decline_label, second.asks_for_email) == ("No thanks", True)
    needed.pass_time(5)
    needed.write(ADA)
    [kept], [contact] = needed.rows("consents"), needed.rows("contacts")
    assert (kept["text"], kept["language"], kept["channel"]) == (question, "en", "messenger")
    assert (kept["withdrawn_at"], contact["email"]) == (None, ADA)
    assert len(needed.rows("messages", kind="capture_prompt")) == 1


@pytest.mark.parametrize("payload", [DECLINE_PAYLOAD, None])
def test_without_consent_nothing_is_kept_but_the_messages(
    needed: Office, payload: str | None
) -> None:
    needed.write("Hello")
    needed.pass_time(60)
    needed.work()
    needed.write(ADA)
    needed.pass_time(1)
    needed.receive(
        VisitorWrote("No thanks", needed.now, needed.now, payload=payload), place=ANN, key="m_no"
    )
    for table in ("contacts", "claims", "consents"):
        assert needed.rows(table) == []
    assert ADA not in repr(needed.rows("conversations"))
    assert ADA not in repr(needed.rows("audit"))


def test_a_consent_leaves_with_its_contact_and_says_until_when_it_held(needed: Office) -> None:
    for text in (ADA, "yes"):
        needed.write(text, BEN)
    needed.pass_time(60)
    needed.write("I withdraw my consent", BEN)
    file = io.StringIO(newline="")
    export_contacts(needed.database, file)
    [row] = csv.DictReader(io.StringIO(file.getvalue(), newline=""))
    question = consent_words("en", needed.rules).question(ADA)
    assert row["consents"] == (
        "2026-01-05T12:00:00+00:00 messenger en, withdrawn 2026-01-05T12:01:00+00:00: " + question
    )


def test_who_has_withdrawn_gets_no_mail_and_the_team_hears_why(
    office: Office, post: PostOffice
) -> None:
    join(office)
    room = MailRoom(office, post)
    office.rules = replace(office.rules, consent=ConsentMode.REQUIRED)
    place = VisitorKey("webchat", SITE, "ada")
    for text in ("Hello", ADA, "yes"):
        office.write(text, place)
    talk = ConversationId(office.rows("conversations")[-1]["id"])
    room.desk.withdraw_consent(talk, MAYA)
    room.desk.withdraw_consent(talk, MAYA)
    room.reply(talk, "Here it is")
    room.wait(DELAY)
    assert post.mails == []
    notes = [row["text"] for row in office.rows("messages", kind="note")]
    assert any(WITHDRAWN in note for note in notes)
    ended = office.rows("audit", action="consent.withdrawn")
    assert [row["actor"] for row in ended] == [MAYA.key]
