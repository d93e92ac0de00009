from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from badges.look import Look, checked_colour, checked_logo
from badges.pdf import badge_sheets_pdf
from badges.spec import BadgeError
from tests.badges.reading import codes_in, pages
from tests.badges.specs import a_spec
from tests.badges.test_designs import LOGO


def a_png(size: tuple[int, int], colour: str = "#a3262a") -> bytes:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG", pnginfo=None)
    return file.getvalue()


def test_a_png_logo_is_shrunk_and_an_svg_logo_becomes_a_png_as_large() -> None:
    with Image.open(BytesIO(checked_logo(a_png((1600, 800))))) as image:
        assert image.size == (600, 300)
    with Image.open(BytesIO(checked_logo(LOGO))) as image:
        assert (image.format, image.size, image.getpixel((300, 200))) == (
            "PNG",
            (600, 450),
            (163, 38, 42, 255),
        )


def test_what_an_svg_logo_does_not_cover_stays_transparent_and_is_cut_off_at_its_edges() -> None:
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        b'<circle cx="50" cy="50" r="25"/></svg>'
    )

    with Image.open(BytesIO(checked_logo(svg))) as image:
        assert image.size == (300, 300)
        assert (image.getpixel((0, 0))[3], image.getpixel((150, 150))[3]) == (0, 255)


def test_a_photograph_as_logo_is_turned_upright_and_loses_its_metadata() -> None:
    file, exif = BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"  # to be turned by a quarter
    Image.new("RGB", (400, 200), "#a3262a").save(file, "JPEG", exif=exif)

    kept = checked_logo(file.getvalue())

    with Image.open(BytesIO(kept)) as image:
        assert (image.format, image.size) == ("PNG", (200, 400))
    assert b"Maker" not in kept


def test_a_png_logo_is_drawn() -> None:
    look = Look(logo=checked_logo(a_png((300, 200))))

    (page,) = pages(badge_sheets_pdf([a_spec()], look=look))

    assert page.getpixel((int(10 * 150 / 25.4), int(12 * 150 / 25.4))) == (163, 38, 42)
    assert codes_in(page) == [a_spec().code]


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<script>alert(1)</script>", "<script"),
        ('<image href="file:///etc/passwd"/>', "<image"),
        ("<foreignObject/>", "<foreignObject"),
        ('<rect onload="x()"/>', "onload="),
        ("<style>@import url(http://example.org)</style>", "<style"),
        ('<rect fill="url(http://example.org/a.svg#x)"/>', "url\\(h"),
        ('<filter id="f"><feTurbulence numOctaves="200"/></filter>', "<filter"),
    ],
)
def test_an_svg_that_would_load_or_execute_something_is_refused(inside: str, what: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{inside}</svg>'

    with pytest.raises(BadgeError, match=what):
        checked_logo(svg.encode())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "neither PNG, JPEG nor SVG"),
        (b"GIF89a", "neither PNG, JPEG nor SVG"),
        (b"\xff\xd8\xff\xe0", "cannot be read as PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n cut off", "cannot be read as PNG"),
        (a_png((20, 20))[:60], "cannot be read as PNG"),
        (a_png((4001, 1)), "wider or higher than 4000"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><rect", "cannot be drawn"),
        (b"<svg/>", "nothing is seen of it"),
        (
            b'<svg viewBox="0 0 9 9"><path d="M0 0H9V9z" stroke="#000" stroke-width="1e20"/></svg>',
            "cannot be drawn",
        ),
        (b"<svg" + b" " * 300_000, "make it smaller"),
        (b"\x89PNG\r\n\x1a\n" + b" " * 1_500_000, "make it smaller"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><svg/>', "<!DOCTYPE"),
    ],
)
def test_a_logo_that_cannot_be_printed_is_refused_with_the_reason(
    content: bytes, sentence: str
) -> None:
    with pytest.raises(BadgeError, match=sentence):
        checked_logo(content)


def test_a_colour_must_be_dark_enough_to_be_read_on_white() -> None:
    assert checked_colour("#A3262A") == "#a3262a"
    with pytest.raises(BadgeError, match=r"contrast of 1\.8; words need 4\.5"):
        checked_colour("#f2b705")
    with pytest.raises(BadgeError, match="is no colour"):
        checked_colour("red")
