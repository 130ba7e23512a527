"""`./run contacts import`: what it writes, says, and refuses."""

from pathlib import Path

from bot.storage.database.engine import Database
from tests.bot.cli.conftest import Run


def test_a_file_is_imported_twice(run: Run, own_database: Database, tmp_path: Path) -> None:
    url = own_database.url.render_as_string(hide_password=False).replace("+pysqlite", "")
    where = {"DATABASE_URL": url.replace("+psycopg", "")}
    file, bad = tmp_path / "people.csv", tmp_path / "bad.csv"
    file.write_bytes(b"\xef\xbb\xbfemail\r\nada@example.com\r\nnobody\r\n")
    refused = "Line 3: email: not a complete email address.\n"
    first = run("contacts", "import", str(file), **where)
    assert first.stdout == f"{refused}New: 1. There already: 0. Refused: 1.\n"
    again = run("contacts", "import", str(file), **where)
    assert again.stdout == f"{refused}New: 0. There already: 1. Refused: 1.\n"
    bad.write_bytes("email\nj\xf6rg@example.com\n".encode("latin-1"))
    wrong = run("contacts", "import", str(bad), **where)
    assert (wrong.returncode, wrong.stderr[:16]) == (1, "Error: This is n")
