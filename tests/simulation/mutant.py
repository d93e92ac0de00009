"""What a mutant is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Mutant:
    """A guard that is gone.

    Attributes:
        breaks: the check that must notice it.
    """

    name: str
    breaks: str
    plant: Callable[[Patch], None]
