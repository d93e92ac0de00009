"""Badges equal reference pictures, which a person checked before they were stored.

`REDRAW_GOLDEN=1 pytest tests/badges/test_golden.py` draws them anew after a wanted change.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from badges.cover import cover_of
from badges.look import Look
from badges.pdf import Design, badge_sheets_pdf, single_badge_pdf
from badges.phone import phone_badge_png
from badges.spec import BadgeSpec
from tests.badges.reading import pages, picture
from tests.badges.specs import a_spec
from tests.badges.test_designs import LOGO

GOLDEN = Path(__file__).with_name("golden")
_DPI = 60
LOOK = Look(logo=LOGO, colour="#a3262a")
PEOPLE = {
    "fr": a_spec(2),
    "ar": a_spec(3, language="ar"),
    "long": a_spec(
        1,
        name="Khadija Bent Moulay Abdellah El Alaoui M’daghri Benabdelkrim",
        name_ar="خَدِيجَةُ بِنْتُ مَوْلَايَ عَبْدِ اللَّهِ الْعَلَوِيِّ الْمَدْغَرِيِّ",
        delegation="Sidi Slimane – Sidi Kacem et environs",
        delegation_ar="سيدي سليمان وسيدي قاسم والنواحي",
    ),
}


@pytest.mark.parametrize(("who", "spec"), list(PEOPLE.items()))
@pytest.mark.parametrize("design", get_args(Design))
def test_each_design_equals_its_reference_picture(
    design: Design, who: str, spec: BadgeSpec
) -> None:
    (page,) = pages(single_badge_pdf(spec, paper=design, look=LOOK), dpi=2 * _DPI)

    assert_looks_as_kept(page, f"{design}-{who}")


@pytest.mark.parametrize("who", list(PEOPLE))
def test_a_phone_badge_equals_its_reference_picture(who: str) -> None:
    badge = picture(phone_badge_png(PEOPLE[who], LOOK))

    assert_looks_as_kept(badge.resize((badge.width // 3, badge.height // 3)), f"phone-{who}")


def test_the_reference_pictures_contain_names_that_are_hard_to_lay_out() -> None:
    assert len(PEOPLE["long"].name) >= 60
    assert any("\u2d30" <= letter <= "\u2d7f" for letter in PEOPLE["ar"].name)  # Tifinagh
    assert any("\u064b" <= letter <= "\u0652" for letter in str(PEOPLE["ar"].name_ar))  # vowels


def test_the_cover_equals_its_reference_picture() -> None:
    specs = [a_spec(seed, category=["Militant", "Élu"][seed % 3 % 2]) for seed in range(10)]

    cover = pages(badge_sheets_pdf(specs, cover=cover_of(specs), look=LOOK), dpi=_DPI)[0]

    assert_looks_as_kept(cover, "cover")


def assert_looks_as_kept(page: Image.Image, name: str) -> None:
    file = GOLDEN / f"{name}.png"
    if os.environ.get("REDRAW_GOLDEN"):
        page.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(file, optimize=True)
    with Image.open(file) as kept:
        wanted = np.asarray(kept.convert("RGB"), np.int16)
    found = np.asarray(page, np.int16)
    assert found.shape == wanted.shape
    far = np.abs(found - wanted).max(axis=2) > 100
    assert far.mean() < 0.002, f"{far.mean():.2%} of {name} differ"
