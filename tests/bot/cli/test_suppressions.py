"""`./run suppressions`: the list, and lifting an address."""

from bot.storage.database.engine import Database
from bot.storage.mails.suppressions import Reason, Signal, Silence, suppress
from tests.bot.cli.conftest import Run
from tests.factories import ADA, NOON


def test_addresses_are_listed_and_lifted(run: Run, own_database: Database) -> None:
    url = own_database.url.render_as_string(hide_password=False).replace("+pysqlite", "")
    where = {"DATABASE_URL": url.replace("+psycopg", "")}
    assert run("suppressions", **where).stdout == "Every address gets mails.\n"
    with own_database.write() as connection:
        suppress(connection, ADA, Reason(Silence.BOUNCED, Signal.RETURN, "5.1.1"), NOON, ADA)
    [line] = run("suppressions", "list", **where).stdout.splitlines()
    assert line.endswith(f"bounced  {ADA}  a mail came back (5.1.1)")
    assert run("suppressions", "lift", ADA, **where).stdout == "Mails go to this address again.\n"
    again = run("suppressions", "lift", ADA, **where)
    assert (again.returncode, again.stderr) == (1, "Error: This address is not suppressed.\n")
