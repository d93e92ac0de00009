"""No badge and no list leaves without a name, whatever its letters: nowhere is a box or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ContentStream

from badges import documents
from badges.bus_list import Passenger, bus_list_pdf
from badges.pdf import badge_sheets_pdf, single_badge_pdf, single_badge_png
from badges.phone import phone_badge_png
from badges.spec import BadgeSpec
from badges.typesetting import drawing, lines
from checkin.words.lettering import printed
from tests.badges.specs import a_spec
from tests.badges.test_bus_list import BUS

NAMES = [
    "ⴰⵎⵓⵔ ⵏ ⵓⴽⵓⵛ",
    "Иван Петров",
    "Ελένη",
    "አበበ ቢቂላ",
    "王小明",
    "김철수",
    "Sara 🎉 Tazi",
    "🎉",
    "Amina\ue000",
]
PAPERS = ("sheet", "a6", "card")


def boxes_in(pdf: bytes) -> int:
    """Return how often a file draws a missing letter, which is the first glyph of a font."""
    reader = PdfReader(BytesIO(pdf))
    found = 0
    for page in reader.pages:
        contents = page.get_contents()
        assert contents is not None
        for operands, operator in ContentStream(contents, reader).operations:
            if operator in (b"Tj", b"TJ"):
                found += sum(_boxes(one) for one in _strings(operands))
    return found


def _strings(operands: list[object]) -> list[bytes]:
    flat = [each for one in operands for each in (one if isinstance(one, list) else [one])]
    return [
        getattr(one, "original_bytes", one)
        for one in flat
        if isinstance(one, str | bytes)  # type: ignore[misc] # pypdf's objects
    ]


def _boxes(glyphs: bytes) -> int:
    return sum(glyphs[at : at + 2] == b"\0\0" for at in range(0, len(glyphs), 2))


def text_of(pdf: bytes) -> str:
    """Return the letters of a file without spaces, which readers find where letters are wide."""
    return spaceless("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def spaceless(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


@pytest.mark.parametrize("name", NAMES)
def test_paper_has_the_name_without_a_box(name: str) -> None:
    spec = a_spec(name=name, name_ar=None)
    files = [single_badge_pdf(spec), badge_sheets_pdf([spec])]
    files += [single_badge_pdf(spec, paper=paper) for paper in PAPERS]  # type: ignore[arg-type]

    assert [boxes_in(pdf) for pdf in files] == [0] * len(files)
    assert [spaceless(printed(name)) in text_of(pdf) for pdf in files] == [True] * len(files)


@pytest.mark.parametrize("name", ["王小明", "Sara 🎉 Tazi"])
def test_paper_would_have_boxes_without_the_decision(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "printed", str)

    assert boxes_in(single_badge_pdf(a_spec(name=name, name_ar=None))) > 0


def _phone(spec: BadgeSpec) -> bytes:
    return phone_badge_png(spec)


def _card(spec: BadgeSpec) -> bytes:
    return single_badge_png(spec, design="card")


@pytest.mark.parametrize("picture_of", [_phone, _card])
@pytest.mark.parametrize("name", NAMES)
def test_pictures_have_the_name_as_it_is_printed(
    name: str, picture_of: Callable[[BadgeSpec], bytes]
) -> None:
    def pixels(text: str) -> bytes:
        spec = a_spec(name=text, name_ar=None)
        return Image.open(BytesIO(picture_of(spec))).convert("L").tobytes()

    assert pixels(name) == pixels(printed(name))
    assert pixels(name) != pixels("X")


def test_pictures_would_have_boxes_without_the_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    decided = phone_badge_png(a_spec(name="王小明", name_ar=None))
    monkeypatch.setattr(drawing, "printed", str)

    assert phone_badge_png(a_spec(name="王小明", name_ar=None)) != decided
    boxes = [phone_badge_png(a_spec(name=name, name_ar=None)) for name in ("王小明", "李大白")]
    assert boxes[0] == boxes[1], "nobody could tell them apart"


def test_a_list_has_every_name_without_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = replace(BUS, passengers=tuple(Passenger(name, "", "") for name in NAMES))

    pdf = bus_list_pdf(bus)

    assert boxes_in(pdf) == 0
    assert [name for name in NAMES if spaceless(printed(name)) not in text_of(pdf)] == []
    monkeypatch.setattr(documents, "printed", str)
    assert boxes_in(bus_list_pdf(bus)) > 0
