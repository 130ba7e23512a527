"""The process that decodes pictures: run as a module, it answers one after the other.

It holds strangers' bytes and codecs in C: no file can be opened for writing, and the kernel ends it
when a picture takes more time or memory than any honest one. What it answers is a new picture, in
which nothing of the old one is left but its pixels.
"""

import json
import os
import resource
from contextlib import suppress
from io import BytesIO
from typing import Any

import pi_heif
from PIL import Image, ImageCms, ImageOps, ImageSequence

from bot.edge.child_loop import answer_requests
from bot.edge.picture_request import LARGEST_SIDE, read_request

_MOST_SECONDS = 10
_LIMITS = {
    resource.RLIMIT_AS: 640 << 20,
    resource.RLIMIT_NOFILE: 24,  # a codec is a file
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}
_MOST_PIXELS = 64_000_000
_MOST_FRAMES = 300
_MOST_PIXELS_OF_FRAMES = 40_000_000
_QUALITY = 88
_BEHIND_OTHERS = 10
_FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
}
_WRITTEN = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
_Image = Image.Image


class _TooMuchError(Exception):
    pass


def main() -> None:
    """Answer until nobody asks any more, behind whoever else wants the processor."""
    os.nice(_BEHIND_OTHERS)
    Image.MAX_IMAGE_PIXELS = None  # counted below, and refused in words
    pi_heif.register_heif_opener(thumbnails=False)
    pi_heif.options.DECODE_THREADS = 1
    Image.init()
    answer_requests(renew, _LIMITS, _MOST_SECONDS)


def renew(request: bytes) -> bytes:
    """Make a picture anew, or say why that can't be done."""
    content_type, body = read_request(request)
    try:
        told, written = _renew(content_type, body)
    except (_TooMuchError, MemoryError):
        told, written = {"refused": "too_many_pixels"}, b""
    except Exception:  # noqa: BLE001 - codecs raise anything, and their words may hold bytes
        told, written = {"refused": "unreadable"}, b""
    return json.dumps(told).encode() + b"\n" + written


def _renew(content_type: str, body: bytes) -> tuple[dict[str, Any], bytes]:
    with Image.open(BytesIO(body), formats=[_FORMATS[content_type]]) as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            raise _TooMuchError
        frames = getattr(picture, "n_frames", 1) if picture.format in {"GIF", "WEBP"} else 1
        if frames > 1:
            return _write_moving(picture, frames)
        return _write_still(picture)


def _write_still(picture: _Image) -> tuple[dict[str, Any], bytes]:
    kind = picture.format or ""
    picture.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
    upright = _in_plain_colours(ImageOps.exif_transpose(picture))
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    has_alpha = "A" in upright.getbands()
    name = {"JPEG": "JPEG", "HEIF": "JPEG", "WEBP": "WEBP"}.get(kind, "PNG")
    if name == "JPEG" and has_alpha:
        name = "PNG"
    out = BytesIO()
    _bare(upright).save(out, name, quality=_QUALITY)
    return _told(name, upright.size), out.getvalue()


def _write_moving(picture: _Image, frames: int) -> tuple[dict[str, Any], bytes]:
    if frames > _MOST_FRAMES or frames * picture.width * picture.height > _MOST_PIXELS_OF_FRAMES:
        raise _TooMuchError
    name, shown, lengths = picture.format or "GIF", list[_Image](), list[int]()
    for frame in ImageSequence.Iterator(picture):
        shown.append(_bare(frame.convert("RGBA")))
        lengths.append(int(frame.info.get("duration") or 100))
    out = BytesIO()
    shown[0].save(
        out, name, save_all=True, append_images=shown[1:], duration=lengths, loop=0, disposal=2
    ) if name == "GIF" else shown[0].save(
        out, name, save_all=True, append_images=shown[1:], duration=lengths, loop=0
    )
    return _told(name, picture.size), out.getvalue()


def _in_plain_colours(picture: _Image) -> _Image:
    """Bring a picture to sRGB, the colours that a page takes for granted."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "CMYK"}:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            plain = ImageCms.createProfile("sRGB")
            changed = ImageCms.profileToProfile(picture, own, plain, outputMode="RGB")
            if changed:
                return changed
    if picture.mode in {"RGB", "RGBA", "L"}:
        return picture
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    return picture.convert("RGBA" if has_alpha else "RGB")


def _bare(picture: _Image) -> _Image:
    """Leave nothing but pixels: what codecs find in `info` they write again."""
    picture.info = {}
    if hasattr(picture, "_exif"):
        picture._exif = None  # noqa: SLF001 - no other way to let go of it
    return picture


def _told(name: str, size: tuple[int, int]) -> dict[str, Any]:
    return {"type": _WRITTEN[name], "width": size[0], "height": size[1]}


if __name__ == "__main__":
    main()
