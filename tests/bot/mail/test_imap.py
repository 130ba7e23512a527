"""A mailbox is read once and gently, and nothing that was not taken counts as read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.mail.envelope import DECIDING_BYTES
from bot.mail.imap import Mailbox
from bot.mail.inbound import MOST_BYTES
from bot.ports.errors import SendError, Trouble, UnavailableError
from tests.imap_server import FakeMailbox, running_mailbox


@pytest.fixture
def box() -> Iterator[FakeMailbox]:
    with running_mailbox() as box:
        yield box


def test_what_is_unread_is_handed_over_once(box: FakeMailbox) -> None:
    box.put(b"first")
    box.put(b"second\r\nline")
    taken: list[bytes] = []
    assert box.mailbox.collect(taken.append) == 2
    assert taken == [b"first", b"second\r\nline"]
    assert box.mailbox.collect(taken.append) == 0
    assert box.seen == {1, 2}


@pytest.mark.parametrize(("size", "sizes"), [
    (DECIDING_BYTES - 1, [DECIDING_BYTES - 1]),
    (DECIDING_BYTES, [DECIDING_BYTES]),
    (DECIDING_BYTES + 1, [DECIDING_BYTES + 1]),
    (MOST_BYTES + 9, [MOST_BYTES + 1]),
])  # fmt: skip
def test_the_rest_of_a_long_mail_is_fetched_if_it_is_wanted(
    box: FakeMailbox, size: int, sizes: list[int]
) -> None:
    box.put(b"x" * size)
    box.put(b"y" * size)
    taken: list[bytes] = []
    box.mailbox.collect(taken.append, lambda beginning: beginning.startswith(b"x"))
    assert [len(raw) for raw in taken] == [*sizes, min(size, DECIDING_BYTES)]


def test_what_could_not_be_taken_stays_unread(box: FakeMailbox) -> None:
    box.put(b"first")
    box.put(b"second")

    def take(raw: bytes) -> None:
        if raw == b"second":
            raise UnavailableError

    with pytest.raises(UnavailableError):
        box.mailbox.collect(take)
    assert box.seen == {1}


def test_no_more_is_fetched_of_a_mail_than_may_be_read(box: FakeMailbox) -> None:
    box.put(b"x" * (2 * MOST_BYTES))
    sizes: list[int] = []
    box.mailbox.collect(lambda raw: sizes.append(len(raw)))
    assert sizes == [MOST_BYTES + 1]


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"folder": "Nowhere"}])
def test_a_wrong_password_or_folder_is_the_operators_affair(
    box: FakeMailbox, changes: dict[str, str]
) -> None:
    with pytest.raises(SendError) as caught:
        replace(box.mailbox, **changes).knock()  # type: ignore[arg-type] # texts both
    assert caught.value.trouble is Trouble.CREDENTIALS


def test_a_mailbox_that_is_away_or_speaks_no_tls_can_not_be_reached(box: FakeMailbox) -> None:
    for mailbox in (replace(box.mailbox, port=1), replace(box.mailbox, is_tls=True)):
        with pytest.raises(SendError) as caught:
            mailbox.knock()
        assert caught.value.trouble is Trouble.UNREACHABLE


def test_a_url_is_read_and_the_password_shows_nowhere() -> None:
    mailbox = Mailbox.read("imaps://ann%40shop.example:p%2Fw@post.example/Answers")
    assert (mailbox.user, mailbox.password) == ("ann@shop.example", "p/w")
    assert (mailbox.port, mailbox.folder, mailbox.is_tls) == (993, "Answers", True)
    assert "p/w" not in repr(mailbox)
    assert Mailbox.read("imap://a:b@post.example").folder == "INBOX"
    assert mailbox.all_within > timedelta(0)
