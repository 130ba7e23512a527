"""What the parsing process is asked: our own words, and a mail that may quote them."""

from bot.mail.own_words import OwnWords

_LENGTH_BYTES = 4


def asked(raw: bytes, own: OwnWords) -> bytes:
    """Write a request."""
    words = own.tell().encode(errors="replace")
    return len(words).to_bytes(_LENGTH_BYTES) + words + raw


def read_request(request: bytes) -> tuple[bytes, OwnWords]:
    """Read a request as it was written."""
    end = _LENGTH_BYTES + int.from_bytes(request[:_LENGTH_BYTES])
    words = request[_LENGTH_BYTES:end].decode()
    return request[end:], OwnWords.told(words)
