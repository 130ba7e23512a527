"""What hides or turns text around is a mark that agents see, in words and in names."""

import re

import pytest
from markupsafe import Markup

from bot.core.model import ConversationId
from bot.desk.people import Actor, Person
from bot.web.inbox.hidden_marks import show_hidden
from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import open_thread, read
from tests.factories import ADA
from tests.office import Office

GRACE = Actor("grace@shop.example", "Grace")
HIDDEN = [
    *(0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B, 0x202C),
    *(0x202D, 0x202E, 0x2060, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0x206F, 0x3164, 0xFEFF),
]


@pytest.mark.parametrize("code", HIDDEN, ids=hex)
def test_each_is_told_by_its_number(code: int) -> None:
    assert show_hidden(f"photo{chr(code)}gpj.exe") == f"photo[U+{code:04X}]gpj.exe"
    assert show_hidden(Markup("<b>{}</b>").format(chr(code))) == f"<b>[U+{code:04X}]</b>"


@pytest.mark.parametrize(
    "text",
    ["Grüße", "👩‍💻 👨‍👩‍👧", "❤️", "می‌خواهم", "שלום", "مرحبا", "नमस्ते", "a\nb\tc", "", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
)  # fmt: skip
def test_what_scripts_and_emoji_are_written_with_stays(text: str) -> None:
    assert show_hidden(text) == text


def test_what_is_no_text_stays() -> None:
    assert show_hidden(7) == 7
    assert show_hidden(None) is None


async def test_no_mark_turns_a_line_of_the_inbox(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    marks = "".join(map(chr, HIDDEN))
    office.write(f"photo{marks}gpj.exe")
    maya.parts.desk.contacts.create(Person(ADA, first_name=f"A{marks}da"), GRACE)
    pages = [
        await open_thread(maya, talk),
        await read(maya, "/inbox"),
        await read(maya, "/inbox/contacts"),
    ]
    for page in pages:
        assert not set(marks).intersection(page)
    assert "photo[U+00AD]" in pages[0]
    assert re.search(r"A(\[U\+[0-9A-F]{4}\])*\[U\+202E\]", pages[2])
