"""A hostile client, as a process of its own: `python -m bench.attacks NAME TARGET`.

TARGET is JSON. Every loop ends by itself; at the end a line of JSON says how often it was answered
in which way (0: not at all).
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from bench.malformed import malformed_requests
from bench.sockets import open_line
from bench.webhooks import long_delivery
from tests.hostile_mails import HOSTILE

MAILS, MAIL_BYTES = 8, 120_000
SOCKETS, SOCKETS_FOR = 50, 15.0
UNFINISHED, UNFINISHED_FOR = 100, 15.0
UNSIGNED, BODY_BYTES = 120, 4 * 1024 * 1024
MALFORMED, MALFORMED_AT_ONCE = 10_000, 50
GUESSES, GUESSES_AT_ONCE = 100, 50
DELIVERIES = 3
_PATIENCE = 30.0
_COMES_BACK_AFTER = 5.0
_DELIVERED_AGAIN, _TAKEN = 5, 200
_PAGES = ("tags", "brackets", "comments", "styles", "entities", "quotes of a page", "pages",
          "base64 of a page")  # fmt: skip
_Post: TypeAlias = tuple[str, dict[str, str], bytes | dict[str, str]]
"""A path, headers, and a body or a form."""


@dataclass(frozen=True)
class Target:
    """Where to go, and what an attacker may know: a visitor's own ticket, a page's own secret."""

    origin: str
    ticket: str
    """Of a visitor with a long history."""
    app_secret: str
    page: str
    mail_secret: str
    mail_address: str
    """To which an own conversation is answered by mail."""
    agent: str
    """An agent's email."""

    @property
    def port(self) -> int:
        """The server's port."""
        return urlsplit(self.origin).port or 80


_ANSWERS = Counter[int]()


def _count(head: bytes) -> None:
    words = head.split(b" ", 2)
    _ANSWERS[int(words[1]) if len(words) > 1 and words[1].isdigit() else 0] += 1


def hostile_mails(target: Target) -> list[bytes]:
    """Write mails of hostile pages, each to the attacker's own conversation."""
    head = (
        "From: Mallory <mallory@example.net>\r\nTo: {}\r\nMessage-ID: <{}-{}@example.net>\r\n"
        "Authentication-Results: mx.shop.example; dmarc=pass\r\n"
    )
    return [
        head.format(target.mail_address, time.time(), number).encode()
        + HOSTILE[_PAGES[number % len(_PAGES)]](MAIL_BYTES).partition(b"\r\n")[2]
        for number in range(MAILS)
    ]


async def send_mails(target: Target) -> None:
    """Bring all mails to the web's door at once; others lie in the mailbox meanwhile."""
    headers = {"Authorization": f"Bearer {target.mail_secret}", "Content-Type": "message/rfc822"}
    posts = [("/webhooks/email", headers, mail) for mail in hostile_mails(target)]
    await _post_all(target, posts, MAILS)


async def resume(target: Target) -> None:
    """Say hello from the beginning of a long history by many sockets, again and again."""
    await asyncio.gather(*(_resume(target, number) for number in range(SOCKETS)))


async def _resume(target: Target, number: int) -> None:
    end = time.monotonic() + SOCKETS_FOR
    while time.monotonic() < end:
        with suppress(OSError):
            line = await open_line(
                target.port, target.origin, target.ticket, f"10.9.0.{number + 1}"
            )
            for _ in range(10):
                await asyncio.sleep(0.2)
                if line.is_upgraded and not line.is_lost:
                    line.say(json.dumps({"type": "resume", "after_seq": 0}))
            _ANSWERS[101 if line.is_upgraded else 0] += 1
            line.hang_up()


async def leave_unfinished(target: Target) -> None:
    """Send all of large bodies but a byte, drip, and begin again when hung up on."""
    head = _head(target, "/webhooks/messenger", BODY_BYTES, f"sha256={'0' * 64}")
    form = _head(target, "/inbox/login", 200_000, kind="application/x-www-form-urlencoded")
    whole = bytes(BODY_BYTES - 1000)
    starts = [head + whole, form + bytes(199_000)]
    end = time.monotonic() + UNFINISHED_FOR
    await asyncio.gather(*(_drip(target, starts[n % 2], end) for n in range(UNFINISHED)))


async def _drip(target: Target, start: bytes, end: float) -> None:
    while time.monotonic() < end:
        answer = b""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(max(0.1, end - time.monotonic())):
                reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
                writer.write(start)
                reading = asyncio.ensure_future(reader.readline())
                while not reading.done():
                    await asyncio.wait([reading], timeout=1)
                    writer.write(b"x")
                answer = reading.result()
        with suppress(UnboundLocalError):
            writer.close()
        _count(answer)
        await asyncio.sleep(_COMES_BACK_AFTER)


async def send_unsigned(target: Target) -> None:
    """Send large bodies at once, half without a signature and half with a false one."""
    body = b"{" + b"x" * (BODY_BYTES - 1)
    signed = {"X-Hub-Signature-256": f"sha256={'0' * 64}"}
    posts = [("/webhooks/messenger", signed if n % 2 else {}, body) for n in range(UNSIGNED)]
    await _post_all(target, posts, UNSIGNED)


async def send_malformed(target: Target) -> None:
    """Send what is no request, or none that makes sense."""
    requests = malformed_requests(MALFORMED, f"127.0.0.1:{target.port}")
    await _in_turns((_send_raw(target, each) for each in requests), MALFORMED_AT_ONCE)


async def _send_raw(target: Target, request: bytes) -> None:
    answer, writer = b"", None
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
            writer.write(request)
            answer = await reader.readline()
    if writer:
        writer.close()
    _count(answer)


async def guess(target: Target) -> None:
    """Guess at an agent's password, each time from another network address."""
    posts = []
    for number in range(GUESSES):
        headers = {"X-Forwarded-For": f"198.51.{number // 250}.{number % 250 + 1}"}
        email = target.agent if number % 2 else f"nobody-{number}@example.com"
        posts.append(("/inbox/login", headers, {"email": email, "password": f"guess {number}"}))
    await _post_all(target, posts, GUESSES_AT_ONCE)


async def deliver_words(target: Target) -> None:
    """Deliver as much as is legal, with a true signature: words that nobody has used yet."""
    for number in range(DELIVERIES):
        body, signature = long_delivery(target.app_secret, target.page, number, BODY_BYTES)
        headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
        started = time.monotonic()
        for _ in range(_DELIVERED_AGAIN):  # as Meta does what is not answered 200
            before = _ANSWERS[_TAKEN]
            await _post_all(target, [("/webhooks/messenger", headers, body)], 1)
            if _ANSWERS[_TAKEN] > before:
                break
        print(f"delivered in {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)


async def _post_all(target: Target, posts: Sequence[_Post], at_once: int) -> None:
    async with ClientSession(timeout=ClientTimeout(total=60)) as session:

        async def post(path: str, headers: dict[str, str], data: bytes | dict[str, str]) -> None:
            status, url = 0, f"{target.origin}{path}"
            with suppress(ClientError, TimeoutError):
                async with session.post(url, data=data, headers=headers) as answer:
                    status = answer.status
            _ANSWERS[status] += 1

        await _in_turns((post(*each) for each in posts), at_once)


async def _in_turns(calls: Iterable[Awaitable[None]], at_once: int) -> None:
    waiting = iter(calls)

    async def work() -> None:
        for call in waiting:
            await call

    await asyncio.gather(*(work() for _ in range(at_once)))


def _head(
    target: Target, path: str, length: int, signature: str = "", kind: str = "application/json"
) -> bytes:
    signed = f"X-Hub-Signature-256: {signature}\r\n" if signature else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{target.port}\r\nContent-Type: {kind}\r\n"
        f"{signed}Content-Length: {length}\r\n\r\n"
    ).encode()


ATTACKS: dict[str, Callable[[Target], Awaitable[None]]] = {
    "mails": send_mails,
    "resume": resume,
    "unfinished": leave_unfinished,
    "unsigned": send_unsigned,
    "malformed": send_malformed,
    "guesses": guess,
    "words": deliver_words,
}


async def main(name: str, target: Target) -> None:
    """Attack, and say how it was answered."""
    await ATTACKS[name](target)
    print(json.dumps(_ANSWERS))


if __name__ == "__main__":
    random.seed()
    asyncio.run(main(sys.argv[1], Target(**json.loads(sys.argv[2]))))
