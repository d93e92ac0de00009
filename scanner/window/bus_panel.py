"""What the window shows of a bus. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scanner.core.scan import Verdict
from scanner.gate.bus import BusList, BusResult
from scanner.gate.volunteer_requests import BusKey
from scanner.window.form import Notice


@dataclass(frozen=True, slots=True)
class BusPanel:
    """A list of a bus on the screen, and what became of it.

    Attributes:
        key: what opened the list.
        asked_s: since when it is shown, by which answers are told from those of an earlier list.
        waiting: how many scans of it have no verdict yet; 0 before and after.
        verdicts: of those who were ticked, in the order of the list.
        result: once every scan has its verdict.
        pin: what was typed of a supervisor's PIN; None while none is asked for.
        first: which of those who were refused is shown first.
        is_asked: whether to undo the bus: the same key once more does it.
        is_undone: it was taken back.
    """

    bus: BusList
    key: BusKey
    asked_s: float
    waiting: int = 0
    verdicts: tuple[Verdict, ...] = ()
    result: BusResult | None = None
    pin: str | None = None
    notice: Notice | None = None
    first: int = 0
    is_asked: bool = False
    is_undone: bool = False


def noticed(panel: BusPanel, key: str, **details: object) -> BusPanel:
    """Return the panel with a sentence, by its key in `words`."""
    return replace(panel, notice=(key, tuple(details.items())))


def scrolled(panel: BusPanel, by: int) -> BusPanel:
    """Return the panel with the next, or the one before, of those refused at the top."""
    last = len(panel.result.refused) - 1 if panel.result else 0
    return replace(panel, first=max(0, min(panel.first + by, last)))
