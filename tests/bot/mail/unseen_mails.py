"""Answers written by those who had not seen the reader of mails, and what is new in each."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.core.languages import LANGUAGES
from bot.core.mail_words import mail_texts
from bot.follow_ups.own_mails import lines_of_mails
from bot.mail.inbound import read_mail
from bot.mail.own_words import OwnWords

HOME = Path(__file__).parent / "unseen_samples"
SITE = "lindenhof.example"
REPLIES: dict[str, str] = json.loads((HOME / "replies.json").read_text("utf-8"))
"""What the agent Jonas had written, by language, in the mail that is answered."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """A mail, and the words that its writer wrote anew."""

    name: str
    """Such as `iphone.ja`: a form of mail programs and a language."""
    raw: bytes
    new: str

    @property
    def form(self) -> str:
        return self.name.partition(".")[0]

    @property
    def language(self) -> str:
        return self.name.partition(".")[2]

    def read(self) -> str:
        return read_mail(self.raw, own_words(self.language)).text

    @property
    def is_exact(self) -> bool:
        """Whether the same words were read in the same order, however lines are broken."""
        return self.read().split() == self.new.split()

    @property
    def loses_words(self) -> bool:
        return bool(Counter(self.new.split()) - Counter(self.read().split()))

    @property
    def shows_ours(self) -> bool:
        text = self.read()
        ours = (*lines_of_mails(SITE), *last_lines(), *REPLIES[self.language].split("\n"))
        return any(line in text for line in ("##-", *ours) if is_telling(line, self.new))


def last_lines() -> Iterator[str]:
    """List the lines below our mails, which are links, in each of our languages."""
    for language in LANGUAGES:
        yield from (mail_texts(language).not_me, mail_texts(language).unsubscribe)


def is_telling(line: str, new: str) -> bool:
    """Say whether a line of ours is none that visitors write themselves."""
    return line == "##-" or (len(line) > len("The team") and line not in new)


@cache
def own_words(language: str) -> OwnWords:
    """Learn what the mail said that a sample answers."""
    return OwnWords.of([f"Jonas\n{REPLIES[language]}"], [*lines_of_mails(SITE), "Jonas"])


def unseen_mails() -> Iterator[Unseen]:
    """Read all samples as they come from a mailbox."""
    for path in sorted(HOME.glob("*.eml")):
        raw = path.read_bytes().replace(b"\n", b"\r\n")
        yield Unseen(path.stem, raw, path.with_suffix(".txt").read_text("utf-8").strip())


def unseen_pages() -> Iterator[Unseen]:
    """Read the samples in two forms without their plain one."""
    for each in unseen_mails():
        if b"text/plain" in each.raw and b"text/html" in each.raw:
            page = each.raw.replace(b"text/plain", b"text/x-left-out", 1)
            yield Unseen(each.name, page, each.new)
