"""What the team is told of mails that are no messages of the visitor, and what is kept of them."""

from dataclasses import dataclass

from bot.core.model import Status
from bot.mail.inbound import InboundMail
from bot.storage.mails.mails import Correspondent
from bot.storage.mails.original_mails import NewOriginal, Standing
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import VisitorState

FROM_ANOTHER = (
    "An answer came by mail from {sender}. That is another address than the one that we write to;"
    " the answer is not verified, and the visitor does not see it:\n{text}"
)
_LONGEST_SENDER = 254


@dataclass(frozen=True, slots=True)
class MailNote:
    """What the team is told of a mail."""

    words: str
    by_a_person: bool = False
    """A closed conversation is opened for the team, and it waits for an answer."""
    original: NewOriginal | None = None
    """The mail, where it could be read."""
    is_quiet: bool = False
    """No more than a line is shown of it."""


def from_another(sender: str, mail: InboundMail) -> str:
    """Say what came from another address than the one that was written to."""
    text = "\n".join([mail.text, *(f"[{name}]" for name in mail.files)])
    return FROM_ANOTHER.format(sender=_shown(sender), text=text.strip())


def _shown(sender: str) -> str:
    return "".join(letter for letter in sender if letter.isprintable())[:_LONGEST_SENDER]


def let_wait(thread: VisitorState, batch: Batch) -> None:
    """Open the conversation for the team, and let it wait for them; its readers see no sign."""
    talk = thread.conversation
    if talk is None:
        return
    if talk.status is Status.CLOSED:
        talk = talk._replace(status=Status.OPEN, closed_for_others=True)
    since = talk.waiting_since or batch.now
    thread.conversation = talk._replace(unanswered=talk.unanswered + 1, waiting_since=since)
    thread.conversation_changed = True
    if thread.conversation_id:
        batch.waiting.append(thread.conversation_id)


def original_of(
    mail: InboundMail, raw: bytes, who: Correspondent, standing: Standing
) -> NewOriginal:
    """Keep a mail as it came."""
    key, sender = message_key(mail, who), _shown(mail.sender or "")
    texts = (mail.text, mail.whole, mail.files)
    return NewOriginal(who.conversation_id, key, standing, sender, *texts, raw)


def message_key(mail: InboundMail, who: Correspondent) -> str:
    """Name the message or the note about a mail."""
    return key_of(who, f"mail:{mail.key}")


def key_of(who: Correspondent, key: str) -> str:
    """Make a key of a conversation's channel unique among all."""
    return f"{who.place.channel}/{who.place.account}/{key}"
