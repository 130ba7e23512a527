"""Layout of mails to visitors. Nothing in them was written by a visitor."""

from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from bot.core.mail_words import mail_texts
from bot.core.model import ConversationId
from bot.edge.signing import Signer
from bot.mail.mail import Mail, read_sender
from bot.mail.quotes import MARKER
from bot.storage.mails.mail_drafts import UnreadReply
from bot.storage.mails.suppressions import email_hash
from config.channel_facts import ChannelTitles, site_of
from config.colors import accent

UNSUBSCRIBE = "unsubscribe"
NOT_ME = "not me"
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Letter:
    """The replies and questions that a mail to a visitor carries."""

    to: str
    email_key: str
    language: str
    channel: str
    account: str
    replies: tuple[UnreadReply, ...]
    key: str
    earlier: tuple[str, ...]
    thread_token: str
    return_token: str | None
    code: str | None = None
    """In a mail that was asked for to prove the address."""
    claimed_in: ConversationId | None = None
    """The conversation in which the address was given and is not proved."""


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


@dataclass(frozen=True, slots=True)
class Stationery:
    """The settings that all mails to visitors share."""

    public_origin: str
    sender: str
    color: str
    signer: Signer
    answers_to: str | None = None
    """The address for answers; without one they are read nowhere."""
    channels: ChannelTitles = field(default_factory=ChannelTitles)
    _pages: Environment = field(default_factory=_environment)

    def write(self, letter: Letter) -> Mail:
        """Write a letter as a mail, in its reader's language."""
        site = site_of(letter.account) or self.channels.of(letter.channel).title
        words = mail_texts(letter.language)
        unsubscribe = self._unsubscribe_address(letter)
        told = {
            "words": {name: getattr(words, name).format(site=site) for name in words.__slots__},
            "lang": letter.language,
            "marker": f"{MARKER} {words.marker} {MARKER[::-1]}" if self.answers_to else None,
            "replies": letter.replies,
            "code": letter.code,
            "link": self._link(letter),
            "unsubscribe": unsubscribe,
            "not_me": self._not_me(letter),
            **accent(self.color),
        }
        domain = read_sender(self.sender).domain
        return Mail(
            to=letter.to,
            subject=(words.proof_subject if letter.code else words.subject).format(site=site),
            text=self._pages.get_template("follow_up.txt").render(told),
            html=self._pages.get_template("follow_up.html").render(told),
            key=f"{letter.key}@{domain}",
            earlier=tuple(f"{key}@{domain}" for key in letter.earlier),
            reply_to=self._reply_to(letter),
            unsubscribe=unsubscribe,
        )

    def _unsubscribe_address(self, letter: Letter) -> str:
        """Say where mails to an address can be ended; the address itself does not show in it."""
        told = {"of": email_hash(letter.email_key), "mail": letter.key}
        return f"{self.public_origin}/mail/unsubscribe/{self.signer.sign(UNSUBSCRIBE, told)}"

    def _not_me(self, letter: Letter) -> str | None:
        """Say where the address's owner takes it out of the conversation."""
        if letter.claimed_in is None:
            return None
        claim = {"of": email_hash(letter.email_key), "in": letter.claimed_in}
        return f"{self.public_origin}/mail/not-me/{self.signer.sign(NOT_ME, claim)}"

    def _link(self, letter: Letter) -> str | None:
        token = letter.return_token
        return f"{self.public_origin}/chat/return/{token}" if token else None

    def _reply_to(self, letter: Letter) -> str | None:
        if self.answers_to is None:
            return None
        name, _, domain = self.answers_to.partition("@")
        return f"{name}+{letter.thread_token}@{domain}"
