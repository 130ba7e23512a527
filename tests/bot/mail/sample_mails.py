"""Answers as 76 forms of mail programs and habits write them, and what is new in each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.follow_ups.own_mails import lines_of_mails
from bot.mail.inbound import read_mail
from bot.mail.own_words import OwnWords

HOME = Path(__file__).parent / "samples"
SITE = "northwind.example"
REPLIES = {
    "en": "Hello Ada, we have size M and size L.\nWhich one shall we send?",
    "de": "Hallo Ada, wir haben Größe M und Größe L.\nWelche sollen wir schicken?",
    "fr": "Bonjour Ada, nous avons la taille M et la taille L.\nLaquelle devons-nous envoyer ?",
    "it": "Buongiorno Ada, abbiamo la taglia M e la taglia L.\nQuale dobbiamo spedire?",
    "es": "Hola Ada, tenemos la talla M y la talla L.\n¿Cuál le enviamos?",
    "pt": "Olá Ada, temos o tamanho M e o tamanho L.\nQual devemos enviar?",
    "nl": "Hallo Ada, we hebben maat M en maat L.\nWelke zullen we sturen?",
}
"""What the agent Maya had written, in the mail that is answered."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail, and its new words."""

    name: str
    """Such as `gmail-below.de`, or `gmail-below.de (page)` without its plain form."""
    raw: bytes
    new: str

    @property
    def form(self) -> str:
        return self.name.partition(".")[0]

    @property
    def language(self) -> str:
        return self.name.partition(".")[2][:2]

    def read(self) -> str:
        return read_mail(self.raw, own_words(self.language)).text

    @property
    def shows_ours(self) -> bool:
        text = self.read()
        ours = (*lines_of_mails(SITE), *REPLIES[self.reply].split("\n"), "##-")
        return any(line in text for line in ours if len(line) > len("The team") or line == "##-")

    @property
    def loses_words(self) -> bool:
        text = self.read()
        return any(word not in text for word in self.new.split())

    @property
    def reply(self) -> str:
        return self.language if self.language in REPLIES else "en"


@cache
def own_words(language: str) -> OwnWords:
    """Learn what the mail said that a sample answers."""
    said = f"Maya\n{REPLIES.get(language, REPLIES['en'])}"
    return OwnWords.of([said], [*lines_of_mails(SITE), "Maya"])


def samples() -> Iterator[Sample]:
    """Read all samples; those in two forms a second time, by their page alone."""
    for path in sorted(HOME.glob("*.eml")):
        raw, new = path.read_bytes(), path.with_suffix(".txt").read_text("utf-8").strip()
        yield Sample(path.stem, raw, new)
        if b"text/plain" in raw and b"text/html" in raw:
            page = re.sub(rb"text/plain", b"text/x-left-out", raw, count=1)
            yield Sample(f"{path.stem} (page)", page, new)
