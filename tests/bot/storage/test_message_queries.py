"""Pages of messages, by their numbers."""

import pytest

from bot.core.arrivals import Arrival, EchoSeen
from bot.core.events import Attachment, VisitorEdited, VisitorUnsent, VisitorWrote
from bot.core.model import Author, ConversationId
from bot.storage.conversations.messages import MessageList, Span, StoredMessage, list_messages
from tests.office import ANN, Office


def page(office: Office, span: Span) -> MessageList:
    only_one = ConversationId(office.rows("conversations")[0]["id"])
    with office.database.read() as connection:
        found = list_messages(connection, only_one, span)
    assert found
    return found


def only(office: Office) -> StoredMessage:
    [message] = page(office, Span(10)).messages
    return message


@pytest.mark.parametrize(
    ("span", "seqs"),
    [
        (Span(3), [5, 6, 7]),
        (Span(100), [1, 2, 3, 4, 5, 6, 7]),
        (Span(3, after_seq=0), [1, 2, 3]),
        (Span(3, after_seq=5), [6, 7]),
        (Span(3, after_seq=7), []),
        (Span(3, before_seq=5), [2, 3, 4]),
        (Span(3, before_seq=2), [1]),
        (Span(3, before_seq=1), []),
        (Span(9, from_seq=5), [5, 6, 7]),
        (Span(2, from_seq=5), [6, 7]),
        (Span(9, before_seq=6, from_seq=4), [4, 5]),
    ],
)
def test_pages_are_cut_by_number_and_read_from_the_oldest(
    office: Office, span: Span, seqs: list[int]
) -> None:
    for _ in range(7):
        office.write()
    found = page(office, span)
    assert [message.seq for message in found.messages] == seqs
    assert found.last_seq == 7


def test_a_conversation_that_is_not_there_has_no_list(office: Office) -> None:
    with office.database.read() as connection:
        assert list_messages(connection, ConversationId(2**40), Span(10)) is None


def test_attachments_come_back_as_they_were(office: Office) -> None:
    place = Attachment("location", "Here", None, 45.5, 9.25)
    wrote = VisitorWrote("", office.now, office.now, attachments=(place,))
    office.receive(wrote, place=ANN, key="m_1")
    assert only(office).attachments == (place,)


def test_what_was_edited_or_taken_back_says_so(office: Office) -> None:
    office.write("Helo", key="m_1")
    office.receive(VisitorEdited("m_1", "Hello", 1, office.now, office.now), key="m_1")
    assert (only(office).text, only(office).edited, only(office).deleted) == ("Hello", True, False)
    office.receive(VisitorUnsent("m_1", office.now), key="m_1")
    assert (only(office).text, only(office).deleted) == ("", True)


def test_what_the_page_wrote_elsewhere_is_an_agents(office: Office) -> None:
    echo = EchoSeen("From the inbox", office.now, office.now)
    office.receive_all([Arrival(ANN, echo, "m_2", b"raw")])
    message = only(office)
    assert (message.author, message.origin, message.outgoing) == (Author.AGENT, "other_app", True)
