"""Where the layout put the lines of a badge, in millimetres."""

from __future__ import annotations

import json
from dataclasses import dataclass

import typst

from badges.look import PLAIN, Look
from badges.pdf import _PAGES, Design, layout_data
from badges.spec import BadgeSpec
from checkin.words.lettering import FONTS

SIZES_MM = {"sheet": (105.0, 74.25), "a6": (105.0, 148.5), "card": (86.0, 54.0)}
#: left, top and width of the code's black modules
CODES_MM = {"sheet": (55.0, 7.0, 42.0), "a6": (28.5, 83.6, 48.0), "card": (39.6, 7.0, 40.0)}


@dataclass(frozen=True)
class Box:
    """One box, and the size that its lines came out at; `width` where they were not wrapped."""

    name: str
    left: float
    top: float
    width: float
    height: float
    taken_width: float
    taken_height: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.left + other.width
            and other.left < self.left + self.width
            and self.top < other.top + other.height
            and other.top < self.top + self.height
        )


def boxes_of(spec: BadgeSpec, design: Design, look: Look = PLAIN) -> list[Box]:
    found = typst.query(
        str(_PAGES),
        "<box>",
        field="value",
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
        ),
        ignore_system_fonts=True,
        sys_inputs=layout_data(spec, design, look),
    )
    return [Box(each["name"], *each["box"], *each["taken"]) for each in json.loads(found)]


def quiet_zone(design: Design) -> Box:
    """Return the code with its quiet zone of four modules, which no line may enter."""
    left, top, width = CODES_MM[design]
    quiet = width * 4 / 25
    side = width + 2 * quiet
    return Box("code", left - quiet, top - quiet, side, side, side, side)
