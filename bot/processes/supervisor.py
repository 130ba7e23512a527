"""The supervisor behind `./run`: it starts, watches and stops all processes as one."""

import asyncio
import errno
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from bot.processes.children import STOP_SIGNALS, live_together
from bot.runtime.data_dir import make_data_dir
from bot.runtime.embedded_valkey import EmbeddedValkeyError, running_valkey
from bot.runtime.filelock import AlreadyLockedError, exclusive_lock
from bot.runtime.secret import secret_keys
from bot.web.demo.invitation import demo_pages
from config.settings import Settings, SettingsError

PROCFILE = Path(__file__).parents[2] / "Procfile"
_PORTS_TRIED = 20
_ASSIGNMENT = re.compile(r"[A-Z_]+=")


class CannotStartError(Exception):
    """Something outside must be changed first; the text says what."""


def serve(settings: Settings, procfile: Path = PROCFILE) -> int:
    """Run all that `procfile` names until Ctrl-C; the value is the exit status."""
    for each in STOP_SIGNALS:
        # So that a stop unwinds all contexts below, also before there are children.
        signal.signal(each, signal.default_int_handler)
    data_dir = settings.data_dir.resolve()
    try:
        make_data_dir(data_dir)
        with exclusive_lock(data_dir / "lock"):
            return _serve(settings, _read(procfile))
    except AlreadyLockedError:
        click.echo(
            f"Whosthere is already running on {data_dir}. "
            "Stop it there with Ctrl-C, or set DATA_DIR to start another one.",
            err=True,
        )
    except (CannotStartError, EmbeddedValkeyError, SettingsError) as error:
        click.echo(str(error), err=True)
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
    return 1


def _serve(settings: Settings, commands: dict[str, list[str]]) -> int:
    secret_keys(settings)  # refused here, or made before anyone looks for it
    port = _free_port(settings)
    with _redis_url(settings) as redis_url:
        environment = {
            **os.environ,  # handed on, not read
            "HOST": settings.host,
            "PORT": str(port),
            "REDIS_URL": redis_url,
        }
        if subprocess.run(commands.pop("release"), env=environment, check=False).returncode:  # noqa: S603 - from our Procfile
            message = "The database could not be brought up to date; the reason stands above."
            raise CannotStartError(message)
        settings = settings.model_copy(update={"port": port})
        return 0 if asyncio.run(_live(settings, commands, environment)) else 1


async def _live(
    settings: Settings, commands: Mapping[str, list[str]], environment: Mapping[str, str]
) -> bool:
    welcome = asyncio.create_task(_welcome(settings))
    try:
        return await live_together(commands, environment)
    finally:
        welcome.cancel()
        click.echo("Stopped. Everything is kept for the next start.")


async def _welcome(settings: Settings) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection(settings.host, settings.port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            break
    # loaded while the others start, so that they need not wait for it
    from bot.processes.invitation import invite  # noqa: PLC0415

    click.echo(_what_to_open(settings, await asyncio.to_thread(invite, settings)))


def _what_to_open(settings: Settings, ways_in: Mapping[str, str]) -> str:
    origin = settings.public_origin
    pages = {**ways_in, "API": f"{origin}/api/v1/openapi.json"}
    if settings.demo_enabled:
        pages = {**demo_pages(origin), **pages}
    lines = [f"  {name + ':':<36}{url}" for name, url in pages.items()]
    if settings.demo_hint:
        lines += ["", settings.demo_hint]
    return "\n".join(("", "Whosthere is running.", "", *lines, "", "Ctrl-C stops it.", ""))


def _read(procfile: Path) -> dict[str, list[str]]:
    lines = (line.partition(":") for line in procfile.read_text().splitlines() if line.strip())
    return {name: _command(command) for name, _, command in lines}


def _command(line: str) -> list[str]:
    # what a line sets is for platforms that read it: here the settings count
    words = [word for word in shlex.split(line) if not _ASSIGNMENT.match(word)]
    return [sys.executable if word == "python" else word for word in words]


@contextmanager
def _redis_url(settings: Settings) -> Iterator[str]:
    if settings.redis_url:
        yield settings.redis_url.get_secret_value()
        return
    with running_valkey(settings.data_dir / "valkey") as url:
        yield url


def _free_port(settings: Settings) -> int:
    tries = 1 if "port" in settings.model_fields_set else _PORTS_TRIED
    for wanted in range(settings.port, settings.port + tries):
        if port := _bound(settings.host, wanted):
            return port
    message = f"Port {settings.port} is taken: stop what runs there, or set PORT to another."
    raise CannotStartError(message)


def _bound(host: str, port: int) -> int | None:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.create_server(address[:2], family=family) as server:
            return int(server.getsockname()[1])
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return None
        message = f"HOST and PORT: nothing can listen on {host}:{port} here ({error.strerror})."
        raise CannotStartError(message) from error
