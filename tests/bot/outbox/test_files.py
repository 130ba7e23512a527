"""Copies of what visitors attach: fetched once, within bounds, from where they may lie, or not."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from bot.core.arrivals import Arrival
from bot.core.events import Attachment, VisitorUnsent, VisitorWrote
from bot.core.model import VisitorKey
from bot.edge.file_kinds import OTHER, content_type_of
from bot.edge.ssrf_guard import Guard, GuardedClient
from bot.erasure import erase_person
from bot.outbox.contract import LanePlan
from bot.outbox.handlers.files import FileHandler
from bot.storage.outbox.rows import Work
from bot.storage.tables import outbox
from bot.wiring.lanes import file_lane
from tests.bot.outbox.conformance import HandlerConformance, Workbench
from tests.fakes import QuietDoorbell
from tests.office import ANN, PAGE, Office

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
HERE = ("localhost",)


@dataclass
class Shelf:
    """A server that holds files, and what it was asked for."""

    url: str
    files: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    before: Callable[[], object] = lambda: None
    """Called before it answers."""


@contextmanager
def running_shelf() -> Iterator[Shelf]:
    one = Shelf("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            one.asked.append(self.path)
            one.before()
            status, body = one.files.get(self.path, (404, b""))
            self.send_response(status)
            if status in {301, 302}:
                self.send_header("Location", body.decode())
                body = b""
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.url = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with running_shelf() as one:
        yield one


GUARD = Guard(may_reach=lambda _address: True, schemes=frozenset({"http"}))


class FileBench(Workbench):
    """Visitors attach a file each."""

    kind = Work.FETCH_FILES
    repeats = True
    shelf: Shelf

    def plan(self) -> LanePlan:
        return file_lane(FileHandler(GuardedClient(GUARD), HERE))

    def order(self, number: int) -> None:
        self.office.set_rules(enabled=False)
        self.shelf.files[f"/{number}"] = (200, PNG)
        place = VisitorKey("messenger", PAGE, f"p{number}")
        attach(self.office, f"{self.shelf.url}/{number}", place=place, key=f"m_{number}")

    def done(self) -> list[int]:
        return [int(path[1:]) for path in self.shelf.asked]


@pytest.fixture
def fetching(office: Office, shelf: Shelf) -> FileBench:
    FileBench.shelf = shelf
    return FileBench(office)


def attach(
    office: Office,
    *urls: str | None,
    type: str = "image",
    key: str = "m_1",
    place: VisitorKey = ANN,
) -> None:
    parts = tuple(Attachment(type, url=url) for url in urls)
    wrote = VisitorWrote("", office.now, office.now, attachments=parts)
    office.receive_all([Arrival(place, wrote, key, b"raw")])


def kept(office: Office) -> list[tuple[int, str, str | None, bytes | None]]:
    return [
        (row["position"], row["state"], row["content_type"], row["body"])
        for row in sorted(office.rows("files"), key=lambda row: row["position"])
    ]


def states(office: Office) -> list[str]:
    return [row["state"] for row in office.rows("outbox", kind="fetch_files")]


def test_a_copy_is_kept_and_its_kind_is_read_from_itself(
    office: Office, fetching: FileBench, shelf: Shelf
) -> None:
    shelf.files = {"/a": (200, PNG), "/b": (200, b"<script>alert(1)</script>")}
    attach(office, f"{shelf.url}/a", None, f"{shelf.url}/b")
    fetching.work()
    assert kept(office) == [
        (0, "kept", "image/png", PNG),
        (2, "kept", OTHER, b"<script>alert(1)</script>"),
    ]
    assert states(office) == ["sent", "sent"]
    fetching.work()
    assert len(shelf.asked) == 2


def test_what_only_points_somewhere_is_never_asked_for(office: Office, shelf: Shelf) -> None:
    for number, kind in enumerate(("location", "fallback", "template", "share")):
        attach(office, f"{shelf.url}/a", type=kind, key=f"m_{number}")
    assert states(office) == []


def test_a_redirect_leads_nowhere(office: Office, fetching: FileBench, shelf: Shelf) -> None:
    with running_shelf() as canary:
        shelf.files = {"/a": (302, f"{canary.url}/inside".encode())}
        attach(office, f"{shelf.url}/a")
        fetching.work()
        assert canary.asked == []
    assert [state for _, state, *_ in kept(office)] == ["refused"]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/a", "http://localhost.evil.example/a", "http://evil.example/localhost"],
)
def test_only_the_channels_own_hosts_are_asked(
    office: Office, fetching: FileBench, url: str
) -> None:
    attach(office, url)
    fetching.work()
    assert [row["reason"] for row in office.rows("files")] == ["It lies where we do not look."]


def test_what_is_too_large_is_not_kept(office: Office, fetching: FileBench, shelf: Shelf) -> None:
    shelf.files = {"/a": (200, b"x" * (10 * 1024 * 1024 + 1))}
    attach(office, f"{shelf.url}/a")
    fetching.work()
    assert [row["reason"] for row in office.rows("files")] == ["It is larger than 10 MB."]


def test_a_server_that_is_away_is_tried_again_and_then_given_up(
    office: Office, fetching: FileBench
) -> None:
    attach(office, "http://localhost:1/a")
    for pause in (0, 5, 60, 600):
        office.pass_time(pause)
        assert office.rows("files") == []
        fetching.work()
    assert [row["reason"] for row in office.rows("files")] == ["It could not be fetched."]
    assert states(office) == ["sent"]


class TestFiles(HandlerConformance):
    """As often as need be."""

    workbench = FileBench

    @pytest.fixture(autouse=True)
    def shelf(self) -> Iterator[None]:
        with running_shelf() as shelf:
            FileBench.shelf = shelf
            yield


def test_a_row_of_a_version_before_stands_for_all_files_of_its_message(
    office: Office, fetching: FileBench, shelf: Shelf
) -> None:
    shelf.files = {"/a": (200, PNG), "/b": (200, PNG), "/c": (404, b"")}
    attach(office, f"{shelf.url}/a", f"{shelf.url}/b", f"{shelf.url}/c")
    first, *others = fetching.rows()
    with office.database.write() as connection:
        gone = outbox.c.id.in_([row["id"] for row in others])
        connection.execute(sa.delete(outbox).where(gone))
    message = first["message_id"]
    fetching.change(first, payload=None, dedupe_key=f"files:{message}")
    fetching.work()
    fetching.work()
    assert sorted(shelf.asked) == ["/a", "/b", "/c"]
    assert [state for _, state, *_ in kept(office)] == ["kept", "kept", "refused"]


@pytest.mark.parametrize("forget", ["unsent", "erased"])
def test_what_was_taken_back_is_not_kept(
    office: Office, fetching: FileBench, shelf: Shelf, forget: str
) -> None:
    forgetting: dict[str, Callable[[], object]] = {
        "unsent": lambda: office.receive(VisitorUnsent("m_1", office.now), key="m_1"),
        "erased": lambda: erase_person(
            office.database, "ann@example.com", office.now, QuietDoorbell()
        ),
    }
    shelf.files = {"/a": (200, PNG)}
    office.write("ann@example.com", key="m_0")
    attach(office, f"{shelf.url}/a")
    fetching.work()
    assert len(kept(office)) == 1
    forgetting[forget]()
    assert kept(office) == []
    fetching.work()
    assert len(shelf.asked) == 1


def test_what_is_taken_back_while_it_is_fetched_is_not_kept(
    office: Office, fetching: FileBench, shelf: Shelf
) -> None:
    shelf.files = {"/a": (200, PNG)}
    attach(office, f"{shelf.url}/a")
    results = fetching.attempt(fetching.take())
    office.receive(VisitorUnsent("m_1", office.now), key="m_1")
    fetching.settle(results)
    assert (kept(office), states(office)) == ([], ["sent"])


def test_what_another_worker_holds_by_now_is_left_to_it(
    office: Office, fetching: FileBench, shelf: Shelf
) -> None:
    shelf.files = {"/a": (200, PNG)}
    attach(office, f"{shelf.url}/a")
    late = fetching.attempt(fetching.take())
    fetching.lose()
    fetching.work()
    fetching.settle(late)
    assert (len(kept(office)), states(office)) == (1, ["sent"])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_in_trouble_is_tried_again(
    office: Office, fetching: FileBench, shelf: Shelf, status: int
) -> None:
    shelf.files = {"/a": (status, b"")}
    attach(office, f"{shelf.url}/a")
    fetching.work()
    assert kept(office) == []
    shelf.files = {"/a": (200, PNG)}
    office.pass_time(5)
    fetching.work()
    assert [state for _, state, *_ in kept(office)] == ["kept"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", OTHER),
        (b"", OTHER),
    ],
)
def test_a_kind_is_known_by_the_first_bytes(body: bytes, kind: str) -> None:
    assert content_type_of(body) == kind
