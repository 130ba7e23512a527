"""What the audit keeps of people is told in words, whatever it is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bot.storage.contacts.contact_facts import ContactEntry
from bot.web.inbox.contacts.sources import Names, say_entry
from tests.factories import NOON

_ROOT = Path(__file__).parents[4] / "bot"
_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
_OF_NO_CONTACT = {"agent.added", "webhook.added", "webhook.redelivered", "webhook.removed"}


def _kept() -> Iterator[tuple[str, str]]:
    """List what is written into the audit by its own name, and by whom."""
    for path in _ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr not in {"audit", "_audit"}:
                continue
            words = [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
            actions = [one for one in words if _ACTION.fullmatch(one)]
            yield from (("visitor" if "visitor" in words else "maya", one) for one in actions)


def test_every_deed_has_words() -> None:
    kept = {one for one in _kept() if one[1] not in _OF_NO_CONTACT}
    assert {("maya", "reply.mailed"), ("visitor", "claim.withdrawn")} <= kept
    names = Names({"maya": "Maya"})
    for actor, action in kept:
        said = say_entry(ContactEntry(NOON, actor, action, None, None, {}), names)
        assert action not in said
        assert action.replace(".", " ") not in said
