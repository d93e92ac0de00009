"""The colours of the design system: every text has AA contrast on its background."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CSS = ROOT / "checkin" / "static" / "css"
DOCS = ROOT / "docs" / "design-system.md"
_COLOUR = re.compile(r"--([a-z-]+):\s*(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3})\b")

#: text colour → the grounds it stands on; WCAG 2.2 AA asks for 4.5 : 1 (1.4.3)
TEXTS = {
    "ink": ["paper", "surface", "soft", "warn-soft", "bad-soft"],
    "muted": ["paper", "surface"],
    "accent": ["paper", "surface", "soft", "warn-soft"],
    "on-accent": ["accent"],
    "ok": ["surface", "paper"],
    "warn": ["surface", "paper"],
    "bad": ["surface", "paper", "bad-soft"],
    "surface": ["bad"],
}
#: parts that must be seen to understand the page: 3 : 1 (1.4.11)
PARTS = {"edge": ["surface", "paper"], "accent": ["track"], "warn": ["track"], "bad": ["track"]}


def colours(text: str) -> dict[str, str]:
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
        for name, value in _COLOUR.findall(text)
    }


def rules(file: str, begin: str) -> str:
    """Return what stands between `begin` and the next closing brace."""
    css = (CSS / file).read_text()
    return css[css.index(begin) :].partition("}")[0]


LIGHT = colours(rules("marhaba.css", ":root {"))
DARK = LIGHT | colours(rules("marhaba.css", ":root:not(.wall) {"))
WALL = LIGHT | colours(rules("board.css", ".wall {"))
THEMES = {"light": LIGHT, "dark": DARK, "wall": WALL}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""

    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[at : at + 2]) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def too_faint(
    theme: dict[str, str], wanted: dict[str, list[str]], least: float
) -> dict[str, float]:
    found = {
        f"{colour} on {ground}": contrast(theme[colour], theme[ground])
        for colour, grounds in wanted.items()
        for ground in grounds
    }
    return {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < least}


def test_contrast_is_computed_as_the_standard_says():
    assert round(contrast("#ffffff", "#000000"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("name", THEMES)
def test_texts_pass_aa(name):
    assert too_faint(THEMES[name], TEXTS, 4.5) == {}


@pytest.mark.parametrize("name", THEMES)
def test_parts_that_carry_meaning_pass_aa(name):
    assert too_faint(THEMES[name], PARTS, 3.0) == {}


@pytest.mark.parametrize("name", ["light", "dark", "wall"])
def test_the_page_of_the_design_system_shows_the_colours_that_are_used(name):
    row = {"light": 1, "dark": 2, "wall": 3}[name]
    told = {}
    for line in DOCS.read_text().splitlines():
        cells = [cell.strip(" `") for cell in line.strip("|").split("|")]
        if len(cells) == 5 and re.fullmatch("--[a-z-]*[a-z]", cells[0]):
            told[cells[0][2:]] = cells[row]

    assert told == {colour: THEMES[name][colour] for colour in LIGHT}


def test_no_style_names_a_left_or_a_right():
    sided = re.compile(
        r"(?<![\w-])(margin|padding|border|inset)?-?(left|right)\s*:|text-align:\s*(left|right)"
    )
    found = {
        path.name: sided.findall(path.read_text())
        for path in sorted(CSS.glob("*.css"))
        if sided.search(path.read_text())
    }

    assert found == {}
