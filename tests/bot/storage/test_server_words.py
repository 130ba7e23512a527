"""What a server says is shown without where it is and who we are there."""

import pytest
import sqlalchemy as sa

from bot.storage.database.server_words import hide_places

URL = sa.make_url("postgresql://whost_er:hush@db.internal:5432/shop")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            'connection to server at "db.internal" (10.1.2.3), port 5432 failed: refused',
            "connection to server at … (…), port 5432 failed: refused",
        ),
        (
            'connection to server at "fd00::7", port 5432 failed: timeout expired',
            "connection to server at …, port 5432 failed: timeout expired",
        ),
        (
            'connection to server on socket "/tmp/pg/.s.PGSQL.5432" failed: No such file',
            "connection to server on socket … failed: No such file",
        ),
        ("could not open /var/lib/pg/base: denied", "could not open …: denied"),
        ('login failed for user "whost_er"', "login failed for user …"),
        ("Anmeldung für »whost_er« ging schief", "Anmeldung für »…« ging schief"),
        ("host db.internal, user whost_er, database shop", "host …, user …, database …"),
        ("no name for fe80::1%eth0", "no name for …%eth0"),
        ("the shopping cart of hush", "the shopping cart of …"),
    ],
)
def test_hosts_users_databases_and_files_are_left_out(said: str, shown: str) -> None:
    assert hide_places(said, URL) == shown


@pytest.mark.parametrize(
    "said",
    [
        "could not extend file: No space left on device",
        "canceling statement due to lock timeout (55P03)",
        "database is locked",
    ],
)
def test_all_else_is_repeated(said: str) -> None:
    assert hide_places(said, URL) == said
