"""Commands as operators meet them: short help, one line for a fault, the right exit status."""

import csv
import json
import re
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa

import bot
from bot.core.arrivals import Fault
from bot.core.model import VisitorKey
from bot.storage.database.engine import Database
from bot.storage.tables import messages
from bot.storage.visitors.batch import Batch
from channels import VARIABLES
from channels.webchat.letters import ChatText, message_arrival
from config.reference import write_reference
from tests.bot.cli.conftest import Run
from tests.bot.test_desk_export import add_contact
from tests.channels.messenger.deliveries import PAGE, recording
from tests.environment import CANARY, LONG_CANARY
from tests.factories import NOON
from tests.later_schemas import ADDITIVE, TAKES_AWAY, Revision, upgrade_further

COMMANDS = [
    "agents",
    "check",
    "clock",
    "configuration",
    "contacts",
    "dead-letters",
    "migrate",
    "replay",
    "suppressions",
    "web",
]
NOWHERE = f"postgresql://ann:{CANARY}@127.0.0.1:1/shop"
MESSENGER = {
    "MESSENGER_APP_SECRET": "secret",
    "MESSENGER_VERIFY_TOKEN": "a verify token",
    "MESSENGER_PAGES": json.dumps({PAGE: "token"}),
}


def test_the_version_is_told(run_anew: Run) -> None:
    assert run_anew("--version").stdout == f"Whosthere {bot.__version__}\n"


def test_help_names_every_command_in_a_line(run_anew: Run) -> None:
    shown = run_anew("--help")
    lines = {line.split()[0]: line for line in shown.stdout.splitlines() if line.strip()}
    assert set(COMMANDS) <= lines.keys()
    assert "./run" in lines["Usage:"]
    assert [name for name in COMMANDS if lines[name].endswith("...")] == []


def test_help_needs_no_usable_environment(run: Run) -> None:
    assert run("dead-letters", "retry", "--help", PORT=CANARY).returncode == 0


def test_an_unknown_command_is_refused(run: Run) -> None:
    assert run("cheque").returncode == 2


@pytest.mark.parametrize("words", [(), ("web",), ("migrate",), ("dead-letters",)])
def test_a_bad_variable_is_one_line(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words, PORT=CANARY)
    assert done.returncode == 1
    assert done.stderr == "Error: PORT: not usable; it takes 0 to 65535.\n"


@pytest.mark.parametrize(
    "words",
    [("migrate",), ("dead-letters",), ("dead-letters", "retry", "1"), ("contacts", "export")],
)
@pytest.mark.parametrize("url", [NOWHERE, f"postgresql://ann:{CANARY}@db:port/shop"])
def test_a_database_that_is_away_is_one_line(run: Run, words: tuple[str, ...], url: str) -> None:
    done = run(*words, DATABASE_URL=url, SECRET_KEY=LONG_CANARY)
    assert done.returncode == 1
    assert done.stderr == "Error: The database can't be used; ./run check says why.\n"


def test_the_reference_is_printed_whatever_is_set(run: Run) -> None:
    assert run("configuration", PORT=CANARY).stdout == write_reference(VARIABLES)


def test_a_check_that_finds_something_broken_fails(run: Run) -> None:
    done = run("check", DATABASE_URL=NOWHERE, SECRET_KEY=LONG_CANARY)
    assert done.returncode == 1
    assert "broken           database: It can't be reached: " in done.stdout
    assert CANARY not in done.stdout + done.stderr


def test_a_check_before_the_first_start_finds_nothing_broken(run: Run) -> None:
    done = run("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "needs attention  database: There is none yet. ./run makes it" in done.stdout


@pytest.mark.parametrize("folder", ["taken", "taken/further"])
@pytest.mark.parametrize("words", [(), ("agents", "list"), ("migrate",), ("check",)], ids=str)
def test_a_folder_that_can_keep_nothing_is_told_in_a_line(
    run: Run, tmp_path: Path, folder: str, words: tuple[str, ...]
) -> None:
    (tmp_path / "taken").write_text(CANARY)
    done = run(*words, DATA_DIR=folder)
    said = done.stdout + done.stderr
    assert (done.returncode, "Traceback" in said, CANARY in said) == (1, False, False)
    if words != ("migrate",):
        assert re.search(r"DATA_DIR: nothing can be kept|none can be made in its folder", said), (
            said
        )


def test_a_check_says_which_variable_can_not_be_read(run: Run) -> None:
    done = run("check", PORT=CANARY)
    assert done.returncode == 1
    assert done.stdout == (
        "broken           configuration: PORT: not usable; it takes 0 to 65535.\n"
    )


def test_a_check_speaks_to_programs(run: Run) -> None:
    findings = [json.loads(line) for line in run("check", "--json").stdout.splitlines()]
    assert findings[0] == {
        "state": "ok",
        "subject": "configuration",
        "words": "Every variable can be read.",
        "advice": "",
    }


@pytest.fixture
def url(migrated_file: Path, tmp_path: Path) -> str:
    (tmp_path / "shop.db").write_bytes(migrated_file.read_bytes())
    return f"sqlite:///{tmp_path / 'shop.db'}"


def test_contacts_are_exported_in_utf_8_to_whoever_reads(run_anew: Run, url: str) -> None:
    _add_contact(url)
    done = run_anew("contacts", "export", DATABASE_URL=url, PYTHONIOENCODING="ascii")
    [row] = csv.DictReader(done.stdout.splitlines())
    assert (done.returncode, row["first_name"]) == (0, "Ćirić")


def test_contacts_are_exported_to_a_file_for_its_owner(run: Run, url: str, tmp_path: Path) -> None:
    _add_contact(url)
    done = run("contacts", "export", "--output", "contacts.csv", DATABASE_URL=url)
    assert done.stdout == "Contacts written to contacts.csv: 1.\n"
    file = tmp_path / "contacts.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    [row] = csv.DictReader(file.read_text("utf-8").splitlines())
    assert row["email"] == "ann@a.example"


def test_a_file_that_can_not_be_written_is_one_line(run: Run, url: str) -> None:
    done = run("contacts", "export", "--output", "no/where.csv", DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stderr == "Error: no/where.csv: No such file or directory\n"


def test_dead_letters_are_listed_retried_and_discarded(run: Run, url: str) -> None:
    here = {"DATABASE_URL": url, "SECRET_KEY": LONG_CANARY, **MESSENGER}
    assert run("dead-letters", **here).stdout == "There are no open dead letters.\n"
    _bury(url, recording("text"), CANARY.encode(), b"{")
    listed = run("dead-letters", "list", **here)
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["1", "2", "3"]
    assert "messenger '\\x1b[31m'  6 bytes  not_json" in listed.stdout
    assert CANARY not in listed.stdout
    retried = run("dead-letters", "retry", "--all", **here)
    assert retried.returncode == 1
    assert retried.stdout == (
        "1: retried: 1 event understood\n2: still open: not_an_envelope\n3: still open: not_json\n"
    )
    discarded = run("dead-letters", "discard", "2", "3", **here)
    assert (discarded.returncode, discarded.stdout) == (0, "2: discarded\n3: discarded\n")
    again = run("dead-letters", "retry", "1", **here)
    assert (again.returncode, again.stdout) == (1, "1: there is no such open letter\n")


@pytest.mark.parametrize(
    "words", [("retry",), ("discard",), ("retry", "--all", "1"), ("retry", "0")]
)
def test_which_letters_must_be_said(run: Run, words: tuple[str, ...]) -> None:
    assert run("dead-letters", *words).returncode == 2


def test_replaying_without_a_server_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.json").write_bytes(recording("text"))
    done = run("replay", "text.json", PORT="1", **MESSENGER)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: No server answers at http://127.0.0.1:1/webhooks/messenger: "
        "start ./run, or set HOST and PORT to where it is.\n"
    )


def test_replaying_needs_files_that_are_there(run: Run) -> None:
    assert run("replay").returncode == 2
    assert run("replay", "nothing.json").returncode == 2


def _add_contact(url: str) -> None:
    database = Database(url)
    with database.write() as connection:
        add_contact(connection, "ann@a.example", "Ćirić")
    database.close()


def _bury(url: str, *raws: bytes) -> None:
    database = Database(url)
    with database.write() as connection:
        batch = Batch(connection, NOON)
        for raw in raws:
            batch.add_fault("messenger", Fault(raw, "not_json", "\x1b[31m"))
        batch.save()
    database.close()


def test_a_dead_letter_of_the_web_chat_is_retried_as_well(run: Run, url: str) -> None:
    place = VisitorKey("webchat", "https://shop.example", "cookie")
    kept = message_arrival(place, ChatText("Hello", "c1"), NOON, "en").raw
    database = Database(url)
    with database.write() as connection:
        batch = Batch(connection, NOON)
        batch.add_fault("webchat", Fault(kept, "could not be stored"))
        batch.save()
    retried = run("dead-letters", "retry", "1", DATABASE_URL=url, SECRET_KEY=LONG_CANARY)
    assert (retried.returncode, retried.stdout) == (0, "1: retried: 1 event understood\n")
    with database.read() as connection:
        assert [row.text for row in connection.execute(sa.select(messages))] == ["Hello"]
    database.close()


def test_migrating_says_what_was_found(run: Run, url: str) -> None:
    done = run("migrate", DATABASE_URL=url, SECRET_KEY=LONG_CANARY)
    assert (done.returncode, done.stdout) == (0, "The database is up to date.\n")


def test_migrating_leaves_a_newer_schema_that_serves_alone_and_says_so(run: Run, url: str) -> None:
    _upgrade_further(url, ADDITIVE)
    done = run("migrate", DATABASE_URL=url, SECRET_KEY=LONG_CANARY)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ("The database's schema is newer than this code, and still serves it.\n")


def test_migrating_a_schema_that_is_too_new_is_one_line(run: Run, url: str) -> None:
    _upgrade_further(url, TAKES_AWAY)
    done = run("migrate", DATABASE_URL=url, SECRET_KEY=LONG_CANARY)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: The database's schema is newer than this code: update the code.\n"
    )


def _upgrade_further(url: str, *later: Revision) -> None:
    database = Database(url)
    upgrade_further(database, *later)
    database.close()
