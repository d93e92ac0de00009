"""The palette of a picture: numbers between two colours are blends of them, as Pillow draws edges.

Letters are drawn directly in palette numbers, so that no picture has to be reduced to a palette
afterwards. A badge without a logo has sixteen colours: half a byte a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import ImageColor

from badges.look import PLAIN
from badges.typesetting.colour import DARK, ink_on

_WHITE = "#ffffff"
_HALF_A_BYTE = 16

Colour = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ink:
    """The numbers of an ink and of its background; the numbers between them are blends."""

    ground: int
    number: int


#: white to the grey of small words in seven steps, and on to the ink of names in two
SOFT = Ink(0, 7)
NAMES = Ink(0, 9)
BLACK = 10
BAND = Ink(11, 15)
_EVENT = Ink(16, 23)
_LOGO = 24


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of one badge.

    Args:
        category: the band's colour.
        event: the colour of the event's name.
        logo: the colours of its logo.
    """

    category: str
    event: str
    logo: Sequence[Colour] = field(default=())

    @property
    def of_event(self) -> Ink:
        """The ink of the event's name."""
        return SOFT if self.event == PLAIN.colour else _EVENT

    @property
    def logo_from(self) -> int:
        """The number of the logo's first colour."""
        return _LOGO

    @property
    def colours(self) -> list[Colour]:
        """All colours by their numbers."""
        found = [
            *_blends(_WHITE, PLAIN.colour, SOFT.number),
            *_blends(PLAIN.colour, DARK, NAMES.number - SOFT.number)[1:],
            (0, 0, 0),
            *_blends(self.category, ink_on(self.category), BAND.number - BAND.ground),
        ]
        if self.logo or self.of_event is not SOFT:
            found += _blends(_WHITE, self.event, _EVENT.number - _EVENT.ground)
        return [*found, *self.logo]

    @property
    def bits(self) -> int:
        """How many bits a pixel takes."""
        return 4 if len(self.colours) <= _HALF_A_BYTE else 8


def _blends(ground: str, ink: str, steps: int) -> list[Colour]:
    ends = [ImageColor.getrgb(colour) for colour in (ground, ink)]
    return [
        tuple(round(a + (b - a) * step / steps) for a, b in zip(*ends, strict=True))
        for step in range(steps + 1)
    ]
