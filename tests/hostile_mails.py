"""Mails that are meant to cost whoever reads them much, each as long as is asked for."""

from collections.abc import Callable

from tests.effort import repeated

_PARTS = 190


def mail(body: bytes, *fields: bytes) -> bytes:
    """Write a mail down, without asking whether it is one."""
    return b"\r\n".join((b"From: ada@example.com", *fields, b"", body))


def _plain(piece: bytes, *fields: bytes) -> Callable[[int], bytes]:
    return lambda size: mail(repeated(piece, size), *fields)


def _page(piece: bytes) -> Callable[[int], bytes]:
    return _plain(piece, b"Content-Type: text/html")


def _coded(encoding: bytes, piece: bytes) -> Callable[[int], bytes]:
    return _plain(piece, b"Content-Transfer-Encoding: " + encoding)


def _charset(charset: bytes, piece: bytes) -> Callable[[int], bytes]:
    return _plain(piece, b"Content-Type: text/plain; charset=" + charset)


def _field(name: bytes, piece: bytes) -> Callable[[int], bytes]:
    return lambda size: mail(b"x", name + b": " + repeated(piece, size))


def _nested(levels: int, piece: bytes) -> Callable[[int], bytes]:
    heads = b"".join(
        b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n--%s\r\n' % (each, each)
        for each in (b"b" * (10 + level) for level in range(levels))
    )
    return lambda size: b"From: ada@example.com\r\n" + heads + b"\r\n" + repeated(piece, size)


def _parts(
    head: bytes, piece: bytes, end: bytes = b"\r\n\r\n", kind: bytes = b"mixed"
) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        each = b"--b\r\n" + head + repeated(piece, size // _PARTS) + end
        return mail(each * _PARTS, b"Content-Type: multipart/" + kind + b"; boundary=b")

    return make


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "letters": _plain(b"x"),
    "lines": _plain(b"\n"),
    "carriage returns": _plain(b"\r"),
    "quotes": _plain(b"> \n"),
    "introductions": _plain(b"On 1:00 a@b\n"),
    "copied headers": _plain(b"From: a@b\nSent: 1:00\n"),
    "rules": _plain(b"-----\n"),
    "flowed": _plain(b">a \n", b"Content-Type: text/plain; format=flowed"),
    "forwarded": _plain(b"-- forwarded message --\n##-\n"),
    "combining": _plain("\u0301\u0316".encode()),
    "tags": _page(b"<a "),
    "brackets": _page(b"<"),
    "comments": _page(b"<!--"),
    "styles": _page(b"<style>"),
    "marked parts": _page(b'<div class="gmail_signature" id="appendonsend">'),
    "emoji": _page('<img alt="\U0001f44d">'.encode()),
    "entities": _page(b"&#1"),
    "quotes of a page": _page(b"<blockquote>"),
    "base64 padding": _coded(b"base64", b"="),
    "base64 lines": _coded(b"base64", b"YQ==\n"),
    "base64 of a page": lambda size: mail(
        repeated(b"PGEg", size), b"Content-Type: text/html", b"Content-Transfer-Encoding: base64"
    ),
    "quoted-printable": _coded(b"quoted-printable", b"="),
    "soft breaks": _coded(b"quoted-printable", b"=41=\n"),
    "utf-7": _charset(b"utf-7", b"+AGE-"),
    "iso-2022": _charset(b"iso-2022-jp", b"\x1b$B"),
    "gb18030": _charset(b"gb18030", b"\x81"),
    "utf-16": _charset(b"utf-16", b"\xd8\0"),
    "punycode": _charset(b"punycode", b"a-"),
    "idna": _charset(b"idna", b"a."),
    "recipients": _field(b"To", b"a"),
    "senders": _field(b"From", b"("),
    "sender in quotes": _field(b"From", b'"'),
    "many senders": lambda size: repeated(b"From: a@b\r\n", size) + b"\r\nx",
    "encoded words": _field(b"Subject", b"=?utf-8?q?a?= "),
    "parameters": _field(b"Content-Type", b';a="'),
    "type": _field(b"Content-Type", b"text/plain;" + b"; " * 100),
    "backslashes": _field(b'Content-Type: text/plain;a="', b"\\"),
    "verdicts": _field(b"Authentication-Results", b"dmarc "),
    "many verdicts": lambda size: mail(b"x", repeated(b"Authentication-Results: dmarc\r\n", size)),
    "name": _field(b"Message-ID", b"<"),
    "fields": lambda size: repeated(b"a:\n", size),
    "nested": _nested(500, b"x"),
    "levels": _nested(11, b"x"),
    "lines in levels": _nested(11, b"\n-"),
    "dashes in levels": _nested(11, b"--b"),
    "many parts": lambda size: mail(
        repeated(b"--b\r\n\r\nx\r\n", size), b"Content-Type: multipart/mixed; boundary=b"
    ),
    "pages": _parts(b"Content-Type: text/html\r\n\r\n", b"<a "),
    "pages to choose from": _parts(b"Content-Type: text/html\r\n\r\n", b"<a>", kind=b"alternative"),
    "fields of parts": _parts(b"", b"a:\n"),
    "types of parts": _parts(b"Content-Type: text/x", b';a="'),
    "names of files": _parts(b"Content-Disposition: attachment; filename*0*=", b"%41"),
    "encoded names": _parts(b'Content-Disposition: attachment; filename="', b"=?utf-8?q?a?= "),
    "brackets in names": _parts(b"Content-Disposition: attachment; filename=", b"("),
    "failures": _parts(
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Action: failed\r\nFinal-Recipient: a@b\r\n\r\n",
        kind=b"report",
    ),
    "failed address": _parts(
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nFinal-Recipient: ",
        b"a@",
        kind=b"report",
    ),
}  # fmt: skip
