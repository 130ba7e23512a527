"""What the picture process is asked: a picture, and what it is said to be."""

LARGEST_SIDE = 2_560
"""So many pixels the longer side of a picture keeps."""


def asked(content_type: str, body: bytes) -> bytes:
    """Write a request."""
    return content_type.encode() + b"\n" + body


def read_request(request: bytes) -> tuple[str, bytes]:
    """Read a request as it was written."""
    content_type, _, body = request.partition(b"\n")
    return content_type.decode(), body
