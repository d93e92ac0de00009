"""A mutant: a change that removes one guard of the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Mutant:
    """A removed guard.

    Attributes:
        breaks: the check that must notice it.
        passed_over: so many of its afternoons lack the rare turn of events that it needs; the
            search begins after them.
    """

    name: str
    breaks: str
    plant: Callable[[Patch], None]
    passed_over: int = 0
