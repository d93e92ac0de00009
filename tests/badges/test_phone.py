from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from badges.colour import contrast, ink_on
from badges.drawing import Row, draw_centred, require_shaping, set_row
from badges.phone import phone_badge_png
from badges.spec import LANGUAGES, BadgeError, Language
from tests.badges.reading import code_box_px, codes_in, inked_box, picture
from tests.badges.specs import COLOURS, a_spec


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", range(4))
def test_a_phone_badge_reads_back(seed: int, language: Language) -> None:
    spec = a_spec(seed, language=language)

    assert codes_in(picture(phone_badge_png(spec))) == [spec.code]


def test_it_reads_shrunk_to_an_old_phones_screen() -> None:
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


def test_the_same_badge_is_the_same_bytes() -> None:
    assert phone_badge_png(a_spec(3)) == phone_badge_png(a_spec(3))


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
def test_letters_are_never_boxes(text: str) -> None:
    boxes = _drawn("\U0010fffd" * len(text))

    assert not np.array_equal(_drawn(text), boxes)
    assert len({_drawn(letter).tobytes() for letter in set(text)}) == len(set(text))


def test_without_shaping_nothing_is_drawn_and_the_remedy_is_named() -> None:
    with pytest.raises(BadgeError, match="install libfribidi0"):
        require_shaping(shaping=False)


@pytest.mark.parametrize("colour", [*COLOURS, "#000000", "#ffffff", "#777777", "#ff0000"])
def test_the_words_on_a_category_colour_can_be_read(colour: str) -> None:
    assert contrast(ink_on(colour), colour) >= 4.2
