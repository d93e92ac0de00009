"""Targets that have each kind of fault, to see that it is told."""

from __future__ import annotations

import os
from contextlib import nullcontext

from tests.fuzzing.target import Target

HOARD: list[bytearray] = []


def _raise(data: bytes) -> None:
    if len(data) > 4:
        raise KeyError(len(data))


def _loop(_data: bytes) -> None:
    while True:
        pass


def _hoard(_data: bytes) -> None:
    HOARD.append(bytearray(3 * 2**30))


def _die(data: bytes) -> None:
    if len(data) > 4:
        os.abort()


TARGETS = {
    read.__name__.lstrip("_"): Target(
        read.__name__, (b"abcd",), lambda read=read: nullcontext(read), 1, cpu_s=0.2
    )
    for read in (_raise, _loop, _hoard, _die)
}
