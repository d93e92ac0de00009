"""What is tried: one reader of strangers' bytes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.fuzzing.mutating import WORDS

Reader = Callable[[bytes], object]


@dataclass(frozen=True)
class Target:
    """One reader.

    Attributes:
        opened: yields a function that reads one input, and raises where that is a fault.
        share: of all inputs, in thousandths.
        cpu_s: what one input may take.
    """

    name: str
    seeds: tuple[bytes, ...]
    opened: Callable[[], AbstractContextManager[Reader]]
    share: int
    words: tuple[bytes, ...] = WORDS
    cpu_s: float = 2.0
