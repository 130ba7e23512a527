"""A throw-away S3-compatible server, from the wheel that brings SeaweedFS along."""

import json
import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.edge.object_store import BucketFiles
from bot.ports.errors import UnavailableError
from config.file_store import read_store_url

KEY, SECRET = "a-key", "a/secret"
_STARTING_SECONDS = 30
_PARTS = ("master", "volume", "filer", "s3")


def find_server() -> str | None:
    """Find the server's program."""
    beside = Path(sysconfig.get_path("scripts")) / "weed"
    return str(beside) if beside.exists() else shutil.which("weed")


@contextmanager
def running_s3(directory: Path) -> Iterator[str]:
    """Run a server until the block ends; the value is a FILES_URL."""
    program = find_server()
    assert program
    keys = [{"accessKey": KEY, "secretKey": SECRET}]
    who = {"name": "test", "credentials": keys, "actions": ["Admin", "Read", "Write", "List"]}
    config = directory / "s3.json"
    config.write_text(json.dumps({"identities": [who]}))
    ports = _free_ports(2 * len(_PARTS))
    options = [f"-{part}.port{kind}={ports.pop()}" for part in _PARTS for kind in ("", ".grpc")]
    port = next(each.partition("=")[2] for each in options if each.startswith("-s3.port="))
    data = directory / "data"
    data.mkdir()
    arguments = [f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3",
                 f"-s3.config={config}", "-volume.max=8", "-master.volumeSizeLimitMB=64",
                 "-s3.iam=false", "-master.telemetry=false",
                 # two at once would want the same ports for these
                 "-s3.port.iceberg=0", "-s3.port.lance=0"]  # fmt: skip
    with (directory / "log").open("wb") as log:
        server = subprocess.Popen(
            [program, "server", *arguments, *options],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = f"s3://{KEY}:{SECRET.replace('/', '%2F')}@127.0.0.1:{port}/files"
        _wait_until_it_keeps(url)
        yield url
    finally:
        server.kill()
        server.wait()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _wait_until_it_keeps(url: str) -> None:
    bucket, deadline = BucketFiles(read_store_url(url)), time.monotonic() + _STARTING_SECONDS
    while True:
        try:
            bucket.write("first", [b"first"])
        except UnavailableError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return
