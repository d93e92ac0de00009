"""What a volunteer does beside scanning, key by key, and how long a person takes for it.

The pace is that of the keystroke-level model (Card, Moran and Newell 1980): 0.28 s a key for
somebody who types a little, 1.1 s to point at something, and 1.35 s to make up one's mind before
each part of an errand. What the program lets one wait is measured and comes on top.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Protocol

from sqlalchemy.orm import Session

from checkin.db.engine import Database
from checkin.db.models import Event
from checkin.services.people.registering.blocking import block
from tests.support import factories
from tests.support.factories import NOW, write

KEY_S, POINT_S, THINK_S = 0.28, 1.1, 1.35
SEATS = 50
ENTER, DOWN, SPACE = "enter", "down", "space"
FORM, FOUND, VERDICT, BUS, RESULT = "form", "found", "verdict", "bus", "result"


@dataclass(frozen=True, slots=True)
class Think:
    """Somebody makes up their mind: what to do, whom to choose."""


@dataclass(frozen=True, slots=True)
class Press:
    """A key, by the letter that it writes or its name."""

    key: str


@dataclass(frozen=True, slots=True)
class Click:
    """Somebody points at a button, and presses it."""

    button: str


@dataclass(frozen=True, slots=True)
class Show:
    """Somebody holds the badge of a bus's leader before the camera."""


@dataclass(frozen=True, slots=True)
class Await:
    """Nothing can be done before this is on the screen."""

    what: str


Step = Think | Press | Click | Show | Await


@dataclass(frozen=True, slots=True)
class Errand:
    """One errand.

    Attributes:
        aim_s: how long it may take, in seconds, waiting and all.
    """

    aim_s: float
    steps: tuple[Step, ...]

    @property
    def keys(self) -> int:
        """How many keys are pressed."""
        return sum(isinstance(step, Press) for step in self.steps)

    @property
    def clicks(self) -> int:
        """How many buttons are pointed at and pressed."""
        return sum(isinstance(step, Click) for step in self.steps)

    @property
    def person_s(self) -> float:
        """How long a person takes who never has to wait, in seconds."""
        thoughts = sum(isinstance(step, Think) for step in self.steps)
        return self.keys * KEY_S + self.clicks * (POINT_S + KEY_S) + thoughts * THINK_S


def _typed(text: str) -> tuple[Press, ...]:
    return tuple(map(Press, text))


_THINK, _ENTER = Think(), Press(ENTER)
_FORM, _FOUND, _VERDICT = Await(FORM), Await(FOUND), Await(VERDICT)
ERRANDS = {
    "forgotten badge": Errand(
        6.0,
        (_THINK, Press("f"), _FORM, *_typed("laz"), _ENTER, _FOUND, _THINK, _ENTER, _VERDICT),
    ),
    # By what they are told apart, as the delegation, is asked and read: two thoughts.
    "namesake": Errand(
        8.0,
        (
            *(_THINK, Press("f"), _FORM, *_typed("tazi"), _ENTER, _FOUND),
            *(_THINK, _THINK, Press(DOWN), _ENTER, _VERDICT),
        ),
    ),
    "bus of 50": Errand(
        15.0,
        (
            *(_THINK, Show(), Await(BUS)),
            *(_THINK, *_typed("48"), Press(SPACE), _THINK, *_typed("49"), Press(SPACE)),
            *(_THINK, _ENTER, Await(RESULT)),
        ),
    ),
}
#: the same with a mouse, on the page: nobody has to know a key
BY_MOUSE = {
    "forgotten badge": Errand(
        8.0,
        (
            *(_THINK, Click("search"), _FORM, *_typed("laz"), _ENTER, _FOUND),
            *(_THINK, Click("first"), _VERDICT),
        ),
    ),
}


class Gate(Protocol):
    """A gate, at which somebody does errands."""

    def press(self, key: str) -> None:
        """Press a key."""
        ...

    def click(self, button: str) -> None:
        """Press a button with the mouse."""
        ...

    def show(self) -> None:
        """Show the badge of the bus's leader."""
        ...

    def wait_until(self, what: str) -> None:
        """Wait until something is on the screen."""
        ...


def done(gate: Gate, errand: Errand) -> float:
    """Do an errand, and return for how long the program let wait, in seconds."""
    waited = 0.0
    for step in errand.steps:
        if isinstance(step, Press):
            gate.press(step.key)
        elif isinstance(step, Click):
            gate.click(step.button)
        elif isinstance(step, Show):
            gate.show()
        elif isinstance(step, Await):
            waited += _timed(partial(gate.wait_until, step.what))
    return waited


def _timed(wait: Callable[[], None]) -> float:
    began = monotonic()
    wait()
    return monotonic() - began


def with_people(database: Database, event: Event) -> str:
    """Register whom the errands are about; return the code of the badge of the bus's leader.

    Of the 50 in the bus one is blocked; two are Omar Tazi, and one is Khadija Lazrak.
    """
    codes = factories.a_full_bus(database, event, SEATS)

    def work(session: Session) -> None:
        block(session, session.merge(event), 9, reason="Consigne", now=NOW)

    write(database, work)
    for name, of in (
        ("Khadija Lazrak", "Khémisset"),
        ("Omar Tazi", "Khémisset"),
        ("Omar Tazi", "Tiflet"),
    ):
        delegation = factories.a_delegation(database, event, of)
        factories.a_participant(database, event, name, delegation=delegation)
    return codes[0]
