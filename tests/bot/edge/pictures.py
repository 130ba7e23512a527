"""Pictures for tests: honest ones, and some that mean harm."""

import struct
import zlib
from io import BytesIO

from PIL import Image

ORIENTATION, GPS = 0x0112, 0x8825
PLACE = "48 deg 12 min"


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    """Paint the left half red and the right one blue."""
    made = Image.new("RGB", size, "red")
    made.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    out = BytesIO()
    made.save(out, kind, **more)
    return out.getvalue()


def turned_with_a_place() -> bytes:
    """Take a photo with the telephone held upright: it says so, and where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[GPS] = {1: "N", 2: (48.0, 12.0, 0.0)}
    exif[0x010E] = PLACE
    return picture(exif=exif.tobytes())


def moving(frames: int, size: tuple[int, int] = (40, 30), kind: str = "GIF") -> bytes:
    """Make a picture that moves."""
    shown = [
        Image.new("RGB", size, (50 * number % 256, number // 256, 90)) for number in range(frames)
    ]
    out = BytesIO()
    shown[0].save(out, kind, save_all=True, append_images=shown[1:], duration=50, comment=PLACE)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Write a PNG of a few kilobytes that has very many pixels."""
    row = b"\0" + bytes(-(-width // 8))
    packer, packed = zlib.compressobj(9), b""
    for _ in range(height):
        packed += packer.compress(row)
    packed += packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks))


def _chunk(named: tuple[bytes, bytes]) -> bytes:
    name, body = named
    sum_ = zlib.crc32(name + body)
    return len(body).to_bytes(4) + name + body + sum_.to_bytes(4)
