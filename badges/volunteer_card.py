"""The volunteer's card on paper: what each colour means, the keys, and how to solve problems.

`python -m badges.volunteer_card FILE.pdf` prints it; `docs/volunteer-card.pdf` is that file.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from badges.documents import document_pdf
from checkin.words.languages import spoken
from checkin.words.volunteer_card import volunteer_card

_PAGE = Path(__file__).with_name("volunteer_card.typ")
# The gates' own colours, and what is written on each.
_COLOURS = {
    "admitted": ("#0A6B41", "#FFFFFF"),
    "already": ("#F4B23C", "#1B1400"),
    "refused": ("#A8131B", "#FFFFFF"),
    "pending": ("#1A4FC4", "#FFFFFF"),
}


def volunteer_card_pdf() -> bytes:
    """Return the page as PDF, the same bytes each time."""
    return document_pdf(_PAGE, volunteer_card_data())


def volunteer_card_data() -> dict[str, Any]:
    """Return what the page says: of each of its two languages the texts, and how they are set."""
    return {"title": "Marhaba", "parts": [_part("fr"), _part("ar")]}


def _part(language: str) -> dict[str, Any]:
    card = volunteer_card(language)
    faces = [asdict(face) | _colours(face.mark) for face in card.faces]
    keys = [{"key": key, "meaning": meaning, "latin": len(key) == 1} for key, meaning in card.keys]
    direction = {"lang": language, "rtl": spoken(language).is_from_right}
    return asdict(card) | direction | {"faces": faces, "keys": keys}


def _colours(mark: str) -> dict[str, str]:
    colour, ink = _COLOURS[mark]
    return {"colour": colour, "ink": ink}


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(volunteer_card_pdf())
