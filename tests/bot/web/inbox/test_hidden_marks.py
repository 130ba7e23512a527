"""What hides or turns text around is a mark that agents see, in words and in names."""

import re
from html import unescape
from pathlib import Path

import pytest
from markupsafe import Markup

import bot.web
from bot.core.model import ConversationId
from bot.desk.types import Actor, Person
from bot.web.inbox.conversation.hidden_marks import as_typed, show_hidden
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


_TEMPLATES = sorted((Path(bot.web.__file__).parent / "templates" / "inbox").glob("*.html"))
_FILLED = re.compile(r'<input\b[^>]*?\bvalue="\{\{(.*?)\}\}"|<textarea\b[^>]*>\{\{(.*?)\}\}<')
_TURNED = "A" + "".join(map(chr, HIDDEN)) + "da"


def test_every_field_of_a_form_sends_back_what_it_was_given() -> None:
    filled = [
        (path.name, (found[1] or found[2]).strip())
        for path in _TEMPLATES
        for found in _FILLED.finditer(path.read_text())
    ]
    assert len(filled) > 40
    marked = [one for one in filled if one[1] != "csrf" and not one[1].endswith("|as_typed")]
    assert marked == []


@pytest.mark.parametrize("code", HIDDEN, ids=hex)
def test_a_field_holds_the_character_itself(code: int) -> None:
    typed = f"<\"A{chr(code)}da'&>"
    written = as_typed(typed)
    assert (unescape(written), chr(code) in written, "<" in written) == (typed, False, False)
    assert show_hidden(written) == written


async def test_a_contact_that_is_saved_again_stays_as_it_was(maya: Browser) -> None:
    contacts = maya.parts.desk.contacts
    ada = contacts.create(Person(ADA, first_name=_TURNED), GRACE)
    path = f"/inbox/contacts/{ada.id}"
    fields = _fields(await read(maya, path))
    assert (await maya.post(path, fields)).status == 303
    match = contacts.look_up(ADA)
    assert match
    assert match.contact.first_name == ada.first_name
    assert "[U+" not in (ada.first_name or "")


async def test_what_was_typed_beside_a_conversation_stays(
    maya: Browser, talk: ConversationId
) -> None:
    form = {"add": "create", "email": "nobody", "first_name": _TURNED, "last_name": _TURNED}
    refused = await maya.post(f"/inbox/{talk}/contact", form)
    fields = _fields(await refused.text())
    assert (fields["first_name"], fields["last_name"]) == (_TURNED, _TURNED)


async def test_a_saved_reply_that_is_saved_again_stays_as_it_was(maya: Browser) -> None:
    text = "שלום\u200f (Whosthere)\u200e"
    await maya.post("/inbox/replies", {"shortcut": "hours", "text": text})
    [kept] = maya.parts.inbox.saved_replies.list()
    [shown] = re.findall(
        rf'<textarea[^>]* id="text{kept.id}"[^>]*>(.*?)</textarea>',
        await read(maya, "/inbox/replies"),
    )
    assert unescape(shown) == kept.text == text


def _fields(page: str) -> dict[str, str]:
    """List what a browser would send; of a page with several forms, the first one's."""
    tags = reversed(re.findall(r"<input\b[^>]*>", page))
    pairs = [re.search(r'name="(\w+)".*? value="([^"]*)"', tag) for tag in tags]
    return {found[1]: unescape(found[2]) for found in pairs if found}
