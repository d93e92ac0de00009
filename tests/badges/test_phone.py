from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from badges import phone
from badges.look import Look
from badges.phone import phone_badge_png
from badges.spec import BadgeError
from badges.typesetting.colour import contrast, ink_on
from badges.typesetting.drawing import Row, draw_centred, require_shaping, set_row
from checkin.words.languages import LANGUAGES
from tests.badges.reading import code_box_px, codes_in, inked_box, picture
from tests.badges.specs import COLOURS, a_spec
from tests.badges.test_designs import LOGO


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", range(4))
def test_a_phone_badge_reads_back(seed: int, language: str) -> None:
    spec = a_spec(seed, language=language)

    assert codes_in(picture(phone_badge_png(spec))) == [spec.code]


def test_a_phone_badge_reads_back_at_the_size_of_an_old_phone_screen() -> None:
    spec = a_spec()
    image = picture(phone_badge_png(spec))

    small = image.resize((240, image.height * 240 // image.width), Image.Resampling.BILINEAR)

    assert codes_in(small) == [spec.code]


def test_the_code_takes_two_thirds_of_the_screen() -> None:
    image = picture(phone_badge_png(a_spec()))

    left, _, right, _ = code_box_px(image)

    assert image.width == 1080
    assert right - left == pytest.approx(750, abs=3)


def test_the_card_is_opaque_so_that_dark_mode_changes_nothing() -> None:
    image = picture(phone_badge_png(a_spec()))

    assert image.getpixel((2, image.height // 2)) == (255, 255, 255)
    assert image.getpixel((2, image.height - 2)) == (255, 255, 255)


@pytest.mark.parametrize("name", ["A" * 120, "م" * 120, "Wassima " * 15, "ⵜⵉⴼⵉⵏⴰⵖ " * 13])
def test_the_longest_names_stay_inside_the_picture(name: str) -> None:
    spec = a_spec(name=name.strip(), name_ar=None, delegation=name.strip(), category=name.strip())
    image = picture(phone_badge_png(spec))

    below_band = image.crop((0, 155, image.width, image.height))

    left, _, right, bottom = inked_box(below_band) or (0, 0, 0, 0)
    assert min(left, image.width - right, below_band.height - bottom) >= 40
    assert codes_in(image) == [spec.code]


HIGH_AND_DEEP = "ٱلْحَرِّيٍّ الطُّولِيِّ چٍّ"


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_mark_or_descender_of_a_letter_is_cut_off(language: str, monkeypatch) -> None:
    high = {f"{name}_ar": HIGH_AND_DEEP for name in ("name", "delegation", "event_name")}
    spec = a_spec(language=language, name=HIGH_AND_DEEP, delegation=HIGH_AND_DEEP, **high)

    def ink(room_px: int) -> int:
        monkeypatch.setattr(phone, "_TAIL_PX", room_px)
        monkeypatch.setattr(phone, "_GROUP_GAP_PX", room_px + 10)
        for kept in (phone._heading, phone._delegation):
            kept.cache_clear()
        return int((np.array(picture(phone_badge_png(spec)).convert("L")) < 250).sum())

    as_drawn = ink(phone._TAIL_PX)
    with_all_the_room_there_may_be = ink(200)
    monkeypatch.undo()

    assert as_drawn == with_all_the_room_there_may_be


def test_the_same_phone_badge_gives_the_same_bytes() -> None:
    assert phone_badge_png(a_spec(3)) == phone_badge_png(a_spec(3))


def test_badges_drawn_earlier_do_not_change_a_phone_badge() -> None:
    first = phone_badge_png(a_spec(1))
    phone_badge_png(a_spec(2), Look(logo=LOGO, colour="#a3262a"))
    phone_badge_png(a_spec(2, category_colour="#ffffff", delegation="Salé"))

    assert phone_badge_png(a_spec(1)) == first


def test_a_phone_badge_shows_the_event_s_logo_and_colour_and_still_reads_back() -> None:
    image = picture(phone_badge_png(a_spec(), Look(logo=LOGO, colour="#7a1f8a")))

    colours = {colour for _, colour in image.getcolors(1 << 24)}
    assert {(163, 38, 42), (122, 31, 138)} <= colours
    assert codes_in(image) == [a_spec().code]


def test_a_badge_without_a_logo_takes_half_a_byte_a_pixel() -> None:
    header = phone_badge_png(a_spec())[16:29]

    assert header[8:10] == bytes([4, 3])  # four bits, with a palette


def _drawn(text: str) -> NDArray[np.uint8]:
    image = Image.new("L", (600, 120), 255)
    row = set_row(Row(text=text, size_px=48, width_px=600, fill=0))
    draw_centred(ImageDraw.Draw(image), [row], x=300, y=0)
    return np.array(image)


def _islands(drawn: NDArray[np.uint8]) -> int:
    """Count the stretches of inked columns."""
    inked = np.asarray(np.any(drawn < 128, axis=0))
    return int((inked[1:] & ~inked[:-1]).sum())


def test_arabic_letters_join() -> None:
    # A zero-width non-joiner between letters forces the separate forms.
    assert (_islands(_drawn("محمد")), _islands(_drawn("\u200c".join("محمد")))) == (1, 4)


def test_arabic_reads_from_the_right() -> None:
    inked = np.asarray(np.any(_drawn("ا محمد") < 128, axis=0))

    first, last = np.flatnonzero(inked)[[0, -1]]
    alone = np.flatnonzero(np.any(_drawn("ا") < 128, axis=0))
    assert inked[last - len(alone) + 1 : last + 1].all()
    assert not inked[last - len(alone) - 4 : last - len(alone)].any()
    assert inked[first : first + 2 * len(alone)].all()


@pytest.mark.parametrize("text", ["ⵜⵉⴼⵉⵏⴰⵖ", "محمد", "Aït"])
def test_no_letter_is_drawn_as_the_box_of_a_missing_glyph(text: str) -> None:
    boxes = _drawn("\U0010fffd" * len(text))

    assert not np.array_equal(_drawn(text), boxes)
    assert len({_drawn(letter).tobytes() for letter in set(text)}) == len(set(text))


def test_without_text_shaping_drawing_is_refused_with_what_to_install() -> None:
    with pytest.raises(BadgeError, match="install libfribidi0"):
        require_shaping(shaping=False)


@pytest.mark.parametrize("colour", [*COLOURS, "#000000", "#ffffff", "#777777", "#ff0000"])
def test_the_words_on_a_category_colour_can_be_read(colour: str) -> None:
    assert contrast(ink_on(colour), colour) >= 4.2
