"""The ways of the fake Graph, by the names that recipients and profiles go by."""

import json
import threading
from collections.abc import Callable, Mapping
from typing import TypeAlias

from tests.graph_wire import JSON, Exchange

Behaviour: TypeAlias = Callable[[Exchange], None]


def refuse(
    code: int,
    subcode: int | None = None,
    *,
    status: int = 400,
    headers: Mapping[str, str] | None = None,
    message: str = "A refusal.",
    **more: object,
) -> Behaviour:
    """Answer with an error as Graph writes them."""
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    if subcode is not None:
        error["error_subcode"] = subcode
    body = {"error": error | more}
    return lambda exchange: exchange.reply(body, status, headers)


def answer(
    body: object,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    content_type: str | None = JSON,
) -> Behaviour:
    """Answer so, and deliver nothing."""
    return lambda exchange: exchange.reply(body, status, headers, content_type)


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Behave each time in the next way; the last one stays."""
    rest = list(behaviours)
    lock = threading.Lock()

    def behave(exchange: Exchange) -> None:
        with lock:
            behaviour = rest.pop(0) if len(rest) > 1 else rest[0]
        behaviour(exchange)

    return behave


def accept(exchange: Exchange) -> None:
    """Deliver and say so."""
    exchange.reply(exchange.accept())


def accept_slowly(exchange: Exchange) -> None:
    """Deliver, and say so too late for the impatient."""
    receipt = exchange.accept()
    if exchange.pause(exchange.fake.delay):
        exchange.reply(receipt)


def accept_and_drop(exchange: Exchange) -> None:
    """Deliver, and die before saying so."""
    exchange.accept()
    exchange.hang_up()


def accept_but(body: object, status: int = 200) -> Behaviour:
    """Deliver, and answer something else."""

    def behave(exchange: Exchange) -> None:
        exchange.accept()
        exchange.reply(body, status)

    return behave


def drip(exchange: Exchange) -> None:
    """Deliver, and answer a byte at a time, from the first line on."""
    raw = json.dumps(exchange.accept()).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: {len(raw)}\r\n\r\n"
    _drip(exchange, head.encode() + raw)


def drip_body(exchange: Exchange) -> None:
    """Deliver, give the head at once, and the body a byte at a time."""
    raw = json.dumps(exchange.accept()).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: {len(raw)}\r\n\r\n"
    exchange.write(head.encode())
    _drip(exchange, raw)


def _drip(exchange: Exchange, raw: bytes) -> None:
    for byte in raw:
        exchange.write(bytes([byte]))
        if not exchange.pause(exchange.fake.delay / 100):
            return


def pour(exchange: Exchange) -> None:
    """Deliver, announce five gigabytes, and send them for as long as anybody reads."""
    exchange.accept()
    exchange.write(
        f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: {5 << 30}\r\n\r\n{{".encode()
    )
    while not exchange.fake.closing.is_set():
        exchange.write(b" " * 65536)
        exchange.fake.poured += 65536


def pour_in_chunks(exchange: Exchange) -> None:
    """Deliver, and never come to an end."""
    exchange.accept()
    exchange.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not exchange.fake.closing.is_set():
        exchange.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
        exchange.fake.poured += 65536


def answer_in_garbage(exchange: Exchange) -> None:
    """Answer with a head that no parser likes."""
    exchange.write(b"HTTP/1.1 200 OK\r\nthis is no header\r\n\r\n{}")
    exchange.hang_up()


def usage(minutes: int) -> dict[str, str]:
    """The header that says how long a page must wait."""
    limits = {"type": "messenger", "call_count": 100, "total_cputime": 25, "total_time": 25}
    limits["estimated_time_to_regain_access"] = minutes
    return {"X-Business-Use-Case-Usage": json.dumps({"1234": [limits]})}


SENDS: dict[str, Behaviour] = {
    "GONE": refuse(100, 2018001, message="(#100) No matching user found"),
    "BLOCKEDUS": refuse(551, 1545041, message="(#551) This person isn't available right now."),
    "WINDOW": refuse(10, 2018278, status=403),
    "RATE": refuse(613, headers=usage(19)),
    "BLOCKED368": refuse(368, 1390008),
    "OTHERAPP": refuse(2018300, status=403),
    "TRANSIENT": refuse(2, status=500, is_transient=True),
    "BUG": refuse(100, message="(#100) Length of param message[text] is too long"),
    "SENTBUTSAID1": accept_but({"error": {"code": 1, "error_subcode": 1357046}}, status=500),
    "HTML502": answer(b"<html>Bad Gateway</html>", 502, content_type="text/html"),
    "NOCT": answer(b"oops", 502, content_type=None),
    "NOERR500": answer({"success": False}, 500),
    "REDIR": answer(b"", 302, {"Location": "/v25.0/REDIRECTED"}, "text/plain"),
    "BADJSON": accept_but(b'{"recipient_id": "1", "mess'),
    "HTML200": accept_but(b"<html>All is well</html>"),
    "NOMID": accept_but({"recipient_id": "1"}),
    "DEEP": accept_but(b"[" * 60_000),
    "TEXTJS": lambda exchange: exchange.reply(exchange.accept(), content_type="text/javascript"),
    "SLOW": accept_slowly,
    "DROP": accept_and_drop,
    "DRIP": drip,
    "DRIPBODY": drip_body,
    "HUGE": pour,
    "ENDLESS": pour_in_chunks,
}

PROFILES: dict[str, Behaviour] = {
    "EMPTY": answer({}),
    "ONLYID": answer({"id": "ONLYID"}),
    "NOPROFILE": refuse(100, 2018218, message="(#100) No profile available for this user."),
    "GONE33": refuse(100, 33),
    "NOACCESS": refuse(100, 2018247),
    "PRIVACY": refuse(10),
    "DEADTOKEN": refuse(190),
    "TRANSIENT": SENDS["TRANSIENT"],
    "RATE": SENDS["RATE"],
    "HTML502": SENDS["HTML502"],
    "DROP": lambda exchange: exchange.hang_up(),
    "GARBAGE": answer_in_garbage,
}
