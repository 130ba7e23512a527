"""Forms, and what only looks like one."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from bot.edge.bodies import UnreadableError
from bot.edge.forms import read_fields
from tests.bot.web.serving import serving

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"


def part(name: bytes, value: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name, value)


@pytest.fixture
async def form() -> AsyncIterator[str]:
    """An address that says what it has read, twice."""

    async def take(request: web.Request) -> web.Response:
        try:
            first, second = await read_fields(request), await read_fields(request)
        except UnreadableError as error:
            return error.as_response()
        assert list(first.items()) == list(second.items())
        return web.json_response(list(first.items()))

    app = web.Application()
    app.add_routes([web.post("/", take)])
    async with serving(app) as served:
        yield served.url


@pytest.mark.parametrize(
    ("kind", "body", "fields"),
    [
        (URLENCODED, b"", []),
        (URLENCODED, b"a=1&b=&a=2", [["a", "1"], ["b", ""], ["a", "2"]]),
        (f"{URLENCODED}; charset=UTF-8", b"a=%C3%A9+x", [["a", "é x"]]),
        (URLENCODED, "a=é".encode(), [["a", "é"]]),
        (
            MULTIPART,
            part(b"a", b"1") + part(b"b", b"x\r\ny") + b"--x--\r\n",
            [["a", "1"], ["b", "x\r\ny"]],
        ),
        ('multipart/form-data; boundary="x"', part("é".encode(), b"") + b"--x--", [["é", ""]]),
        (MULTIPART, b"", []),
    ],
)
async def test_forms_are_read(form: str, kind: str, body: bytes, fields: list[list[str]]) -> None:
    async with (
        ClientSession() as client,
        client.post(form, data=body, headers={"Content-Type": kind}) as answer,
    ):
        assert (answer.status, await answer.json()) == (200, fields)


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        (URLENCODED, b"\xff\xfe", 400),
        (URLENCODED, b"a=%ff", 400),
        (URLENCODED, b"a=%ED%A0%80", 400),
        (URLENCODED, b"&".join([b"a=b"] * 201), 400),
        (URLENCODED, b"a=" + b"x" * 262_144, 413),
        (f"{URLENCODED}; charset=klingon", b"a=b", 415),
        (f"{URLENCODED}; charset=utf-16", "a=b".encode("utf-16"), 415),
        (f"{URLENCODED}; charset=iso-8859-1", b"a=\xe9", 415),
        ("multipart/form-data", part(b"a", b"1") + b"--x--", 400),
        ("multipart/form-data; boundary=", part(b"a", b"1") + b"--x--", 400),
        ("multipart/form-data; boundary=y", part(b"a", b"1") + b"--x--", 400),
        (MULTIPART, part(b"a", b"1"), 400),
        (MULTIPART, b"--x\r\n\r\n1\r\n--x--", 400),
        (MULTIPART, part(b"a", b"\xff") + b"--x--", 400),
        (MULTIPART, part(b"a", b"1") * 201 + b"--x--", 400),
        ("application/json", b"{}", 415),
        ("text/plain", b"a=b", 415),
        ("(" * 4_000, b"a=b", 415),
    ],
)
async def test_what_is_no_form_is_refused_in_words(
    form: str, kind: str, body: bytes, status: int
) -> None:
    async with (
        ClientSession() as client,
        client.post(form, data=body, headers={"Content-Type": kind}) as answer,
    ):
        assert answer.status == status
        assert len((await answer.text()).split()) >= 3
