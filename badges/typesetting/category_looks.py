"""The colours and shapes that categories are given, so that no two of an event look the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from badges.spec import SHAPES, Shape

#: each is read under the white words of a badge's band (4.5 to 1), and seen as a mark on a light
#: and on a dark page (3 to 1): so they are all about as bright, and differ in their hue
COLOURS = (
    "#1d70ce",  # blue
    "#b8520a",  # orange
    "#0e8148",  # green
    "#9250cc",  # purple
    "#d3303d",  # red
    "#077c8b",  # teal
    "#c53198",  # magenta
    "#717506",  # olive
    "#667182",  # grey
    "#8e6944",  # brown
)


@dataclass(frozen=True, slots=True)
class CategoryLook:
    """The look of a category's band on badges: ``#rrggbb``, and the shape that says the same."""

    colour: str
    shape: Shape


def next_look(taken: Iterable[CategoryLook]) -> CategoryLook:
    """Return the look of the next category of an event: what the fewest others have.

    Args:
        taken: the looks of the event's other categories, which may be of any colour.
    """
    others = list(taken)
    colours = Counter(other.colour.lower() for other in others)
    shapes = Counter(other.shape for other in others)
    return CategoryLook(
        min(COLOURS, key=lambda colour: colours[colour]),
        min(SHAPES, key=lambda shape: shapes[shape]),
    )
