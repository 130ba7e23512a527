"""The receivers that docs/notifications.md prints take what we sign, and nothing else."""

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.notifications.webhook_signing import new_secret, sign

PAGE = (Path(__file__).parents[3] / "docs" / "notifications.md").read_text()
AT = 1767614400
VECTOR = dict(re.findall(r"^\| `?([\w-]+)`? \| `(.+)` \|$", PAGE, re.MULTILINE))
SECRET, BODY = VECTOR["secret"], VECTOR["body"]
HEADERS = {name: value for name, value in VECTOR.items() if name.startswith("webhook-")}
NAMES = {"python": "is_from_whosthere", "js": "isFromWhosthere"}
COMMANDS = {"python": (sys.executable, "-c"), "js": ("node", "-e")}
ASKING = {
    "python": (
        "import json, sys\n"
        "print(json.dumps([is_from_whosthere(s, h, b.encode(), n)"
        " for s, h, b, n in json.load(sys.stdin)]))"
    ),
    "js": (
        'const asked = JSON.parse(require("node:fs").readFileSync(0, "utf8"));\n'
        "console.log(JSON.stringify(asked.map(([s, h, b, n]) =>"
        " isFromWhosthere(s, h, Buffer.from(b), n))));"
    ),
}


def code(language: str) -> str:
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    [found] = [block for block in blocks if NAMES[language] in block]
    return str(found)


def ask(language: str, *questions: object) -> list[bool]:
    if shutil.which(COMMANDS[language][0]) is None:
        pytest.skip("there is no Node here")
    program = f"{code(language)}\n{ASKING[language]}"
    asked = json.dumps(questions).encode()
    command = [*COMMANDS[language], program]
    answer = subprocess.run(command, input=asked, capture_output=True, check=True)
    return list(json.loads(answer.stdout))


def test_the_vector_is_what_we_sign() -> None:
    at = datetime.fromtimestamp(AT, UTC)
    assert sign(SECRET, HEADERS["webhook-id"], at, BODY.encode()) == HEADERS


@pytest.mark.parametrize("language", NAMES)
def test_a_receiver_takes_the_vector_and_what_we_sign(language: str) -> None:
    secret, body = new_secret(), '{"text":"Grüße ✅"}'
    headers = sign(secret, "evt_7", datetime.fromtimestamp(AT, UTC), body.encode())
    both = {**headers, "webhook-signature": f"v1,AAAA {headers['webhook-signature']}"}
    assert ask(
        language,
        (SECRET, HEADERS, BODY, AT + 299),
        (secret, headers, body, AT - 299),
        (secret, both, body, AT),
    ) == [True, True, True]


@pytest.mark.parametrize("language", NAMES)
def test_a_receiver_refuses_what_is_not_ours(language: str) -> None:
    wrong = [
        (new_secret(), HEADERS, BODY, AT),
        (SECRET, HEADERS, BODY + " ", AT),
        (SECRET, {**HEADERS, "webhook-id": "evt_1208"}, BODY, AT),
        (SECRET, {**HEADERS, "webhook-timestamp": str(AT + 1)}, BODY, AT),
        (SECRET, {**HEADERS, "webhook-timestamp": "soon"}, BODY, AT),
        (SECRET, {**HEADERS, "webhook-signature": HEADERS["webhook-signature"][:-1]}, BODY, AT),
        (SECRET, {**HEADERS, "webhook-signature": ""}, BODY, AT),
        (SECRET, {**HEADERS, "webhook-signature": "v1,ü"}, BODY, AT),
        (SECRET, HEADERS, BODY, AT + 301),
        (SECRET, HEADERS, BODY, AT - 301),
    ]
    assert ask(language, *wrong) == [False] * len(wrong)
