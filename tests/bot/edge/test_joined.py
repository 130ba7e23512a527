"""Modules that are joined mean what they meant apart."""

import re

import pytest

from bot.edge.bundle import join
from bot.web.inbox.files import _assets

_PARTS = {
    "page.js": 'import { say as tell, hush } from "./words.js";\nimport "./keys.js";\n'
    "tell(hush);\n",
    "words.js": 'import { hush } from "./quiet.js";\nexport const say = (it) => it;\n'
    "export async function shout() {}\n",
    "quiet.js": "export const hush = 1;\n",
    "keys.js": 'import { hush } from "./quiet.js";\nconst say = hush;\n',
}


def test_what_is_imported_stands_before_and_once() -> None:
    assert join("page", _PARTS).splitlines() == [
        "const quiet$ = (() => {",
        "const hush = 1;",
        "",
        "return { hush };",
        "})();",
        "const words$ = (() => {",
        "const { hush } = quiet$;",
        "const say = (it) => it;",
        "async function shout() {}",
        "",
        "return { say, shout };",
        "})();",
        "const keys$ = (() => {",
        "const { hush } = quiet$;",
        "const say = hush;",
        "",
        "return {  };",
        "})();",
        "const page$ = (() => {",
        "const { say: tell, hush } = words$;",
        "",
        "tell(hush);",
        "",
        "return {  };",
        "})();",
    ]


@pytest.mark.parametrize("name", ["inbox.js", "composing_keys.js"])
def test_nothing_of_ours_is_left_to_be_imported(name: str) -> None:
    script = _assets()[name].bodies["identity"].decode()
    assert not re.search(r"^(import|export)\b(?!\()", script, re.MULTILINE)
