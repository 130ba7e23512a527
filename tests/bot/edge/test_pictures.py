"""Pictures made anew in a process of their own: upright, bare, and never more than is good."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from bot.core.files import FileRefusal, FileRefusedError
from bot.edge.pictures import PictureMaker
from tests.bot.edge.pictures import GPS, PLACE, bomb, moving, picture, turned_with_a_place


@pytest.fixture(scope="module")
def maker() -> Iterator[PictureMaker]:
    made = PictureMaker()
    yield made
    made.close()


def test_a_photo_stands_upright_and_tells_nothing(maker: PictureMaker) -> None:
    before = turned_with_a_place()
    assert PLACE.encode() in before
    made = maker.renew("image/jpeg", before)
    assert (made.content_type, made.width, made.height) == ("image/jpeg", 40, 60)
    with Image.open(BytesIO(made.body)) as shown:
        assert shown.size == (40, 60)
        assert GPS not in shown.getexif()
        assert len(shown.getexif()) == 0
        above = shown.convert("RGB").crop((0, 0, 40, 30)).resize((1, 1)).tobytes()
    assert above[0] > 2 * above[2]  # what was on the left
    assert PLACE.encode() not in made.body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_each_kind_stays_one_that_pages_show(maker: PictureMaker, kind: str) -> None:
    told = f"image/{kind.lower()}"
    made = maker.renew(told, picture(kind) + b"<script>" * 3)
    assert made.content_type == ("image/png" if kind == "GIF" else told)
    assert (made.width, made.height) == (60, 40)
    assert b"<script>" not in made.body


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_what_moves_goes_on_moving(maker: PictureMaker, kind: str) -> None:
    made = maker.renew(f"image/{kind.lower()}", moving(5, kind=kind))
    with Image.open(BytesIO(made.body)) as shown:
        assert getattr(shown, "n_frames", 1) == 5
    assert PLACE.encode() not in made.body


def test_a_large_photo_becomes_smaller(maker: PictureMaker) -> None:
    made = maker.renew("image/jpeg", picture(size=(5_000, 2_500)))
    assert (made.width, made.height) == (2_560, 1_280)


def test_colours_that_pages_do_not_know_are_brought_to_those_they_do(maker: PictureMaker) -> None:
    out = BytesIO()
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(out, "JPEG")
    made = maker.renew("image/jpeg", out.getvalue())
    with Image.open(BytesIO(made.body)) as shown:
        assert shown.mode == "RGB"


TOO_MUCH, UNREADABLE = FileRefusal.TOO_MANY_PIXELS, FileRefusal.UNREADABLE


def test_what_means_harm_is_refused_in_words_and_the_next_one_is_served(
    maker: PictureMaker,
) -> None:
    hostile = [
        ("image/png", bomb(60_000, 60_000), TOO_MUCH),
        ("image/png", bomb(60_000, 1_000), None),  # large, and yet within what is taken
        ("image/gif", moving(400), TOO_MUCH),
        ("image/png", picture("PNG")[:60], UNREADABLE),
        ("image/jpeg", picture("PNG"), UNREADABLE),
        ("image/webp", b"RIFF\x10\0\0\0WEBPVP8 garbage", UNREADABLE),
        ("image/heic", b"\0\0\0\x18ftypheic" + bytes(200), UNREADABLE),
        ("image/gif", b"GIF89a" + bytes(20), UNREADABLE),
    ]
    for content_type, body, why in hostile:
        if why is None:
            assert maker.renew(content_type, body).width == 2_560
            continue
        with pytest.raises(FileRefusedError) as caught:
            maker.renew(content_type, body)
        assert caught.value.why is why, (content_type, len(body))
    assert maker.renew("image/jpeg", picture()).width == 60


def test_a_child_that_is_ended_refuses_that_picture_and_no_other(maker: PictureMaker) -> None:
    with pytest.raises(FileRefusedError) as caught:
        maker.renew("image/unheard of", picture() * 2)
    assert caught.value.why is UNREADABLE
    assert maker.renew("image/png", picture("PNG")).height == 40
