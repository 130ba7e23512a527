"""How many recorded answers are read exactly: `python -m bench.recorded_mails FOLDER…`.

Each folder is an unpacked source package of talon, email-reply-parser, mail-parser-reply or
mail-parser (`pip download --no-deps --no-binary :all: talon`). What is recorded there belongs to
others and is not in this repository. Nothing of them is run: their tests are read as text.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.mail.html_text import plain_of_html
from bot.mail.inbound import UnreadableMailError, read_mail
from bot.mail.quotes import new_part, says_something

_HTML_ANSWER = "Hi. I am fine.\n\nThanks,\nAlex"
_BLANK = re.compile(r"\s+")
_SEPARATORS = ("Original Message", "Reply Message", "Ursprüngliche Nachricht",
               "Antwort Nachricht", "Oprindelig meddelelse")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded answer, what is read of it, and what its package says is new in it."""

    name: str
    read: str
    new: str | None
    """None: nobody says; then it counts only whether anything is read."""

    @property
    def is_exact(self) -> bool:
        """Say whether the same words are read; how they are laid out does not count."""
        return _letters(self.read) == _letters(self.new or "")

    @property
    def is_lost(self) -> bool:
        """Say whether a word is missing, or all are."""
        if self.new is None:
            return not says_something(self.read)
        return any(word not in self.read for word in self.new.split())


def main(folders: list[str]) -> None:
    """Print the figures of each folder, and the names of those that are not read exactly."""
    for folder in folders:
        found = list(recorded(Path(folder)))
        told = [each for each in found if each.new is not None]
        exact, lost = sum(each.is_exact for each in told), sum(each.is_lost for each in found)
        print(f"{Path(folder).name}: {len(told)} answers, {exact} exactly, ", end="")
        print(f"{len(found) - len(told)} other mails, {lost} lost words")
        for each in found:
            if each.is_lost or (each.new is not None and not each.is_exact):
                print(f"  {'lost' if each.is_lost else 'more'}: {each.name}")


def recorded(folder: Path) -> Iterator[Recorded]:
    """Find what is recorded in a package."""
    for path in sorted(folder.glob("tests/*quotations_test.py")):
        yield from _in_tests(path)
    for path in sorted(folder.glob("tests/fixtures/standard_replies/*.eml")):
        answer = path.with_name(f"{path.stem}_reply_text")
        new = answer.read_text("utf-8") if answer.exists() else "Hello"
        yield Recorded(path.name, read_mail(path.read_bytes()).text, new)
    for path in sorted(folder.glob("tests/fixtures/html_replies/*.html")):
        page = path.read_text("utf-8", errors="replace")
        yield Recorded(path.name, new_part(plain_of_html(page)), _HTML_ANSWER)
    for path in sorted(folder.glob("tests/mails/mail_*")):
        yield Recorded(path.name, _read_whole(path.read_bytes()), None)


def _in_tests(path: Path) -> Iterator[Recorded]:
    """Read the texts out of tests such as `eq_("Test reply", extract_from_plain(body))`."""
    for test in ast.parse(path.read_text("utf-8")).body:
        if not isinstance(test, ast.FunctionDef):
            continue
        names: dict[str, str] = {}
        for step in test.body:
            match step:
                case ast.Assign([ast.Name(name)], value) if text := _text(value, names):
                    names[name] = text
                case ast.Expr(ast.Call(ast.Name("eq_"), [new, ast.Call(function, [body, *_])])):
                    yield from _compared(test.name, function, _text(new, names), _text(body, names))
    if path.name.startswith("text"):
        for words in _SEPARATORS:
            text = f"Test reply\n\n-----{words}-----\n\nTest"
            yield Recorded(f"-----{words}-----", new_part(text), "Test reply")


def _compared(
    name: str, function: ast.expr, new: str | None, body: str | None
) -> Iterator[Recorded]:
    called = function.attr if isinstance(function, ast.Attribute) else ""
    if new is not None and body is not None and called == "extract_from_plain":
        yield Recorded(name, new_part(body), new)


def _text(node: ast.expr, names: dict[str, str]) -> str | None:
    match node:
        case ast.Constant(str() as text):
            return text
        case ast.Name(name):
            return names.get(name)
        case _:
            return None


def _read_whole(raw: bytes) -> str:
    try:
        mail = read_mail(raw)
    except UnreadableMailError:
        return "unreadable: set aside, and the team is told"
    return mail.text or " ".join(mail.files)


def _letters(text: str) -> str:
    return _BLANK.sub("", text)


if __name__ == "__main__":
    main(sys.argv[1:])
