"""The decoder for still images: the same engines as for a camera, without a time limit.

The stages run from the likely to the unlikely, up to the first that reads something: later stages
are for pictures in which nothing was found, and each further try is one more chance to misread.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence

from scanner.decode.base import Decoder, Grey, Reading
from scanner.decode.closer import Closer, closer_steps
from scanner.decode.engines import (
    Prepared,
    Zxing,
    blurred,
    inverted,
    resized,
    sharpened,
    turned,
)
from scanner.decode.stream import doubled, extra_steps, merged

LONG_SIDE_PX = 1280
_SMALLER_SIDES_PX = (900, 640, 450, 320)
_ANGLES = (15.0, 30.0, 45.0, 60.0, 75.0)


class Still:
    """Reads one image at several sizes, blurs and angles."""

    def __init__(self, zbar: Decoder | None) -> None:
        """Take zbar, or None where it is missing."""
        at_first = Closer(closer_steps(zbar))
        self._usual: list[Decoder] = [at_first, doubled(), *extra_steps()]
        self._zbar: list[Decoder] = [zbar] if zbar else []

    def read(self, grey: Grey) -> list[Reading]:
        """Return the codes of the first stage that finds any, one reading a text."""
        for stage in self._stages(grey):
            found = merged(stage)
            if found:
                return found
        return []

    def _stages(self, grey: Grey) -> Iterator[list[list[Reading]]]:
        fit = min(1.0, LONG_SIDE_PX / max(grey.shape))
        # A large photograph may hold codes that only show in all its pixels.
        whole = self._at(grey, 1.0, self._usual) if fit < 1.0 else []
        yield self._at(grey, fit, self._usual) + whole + self._at(grey, fit, self._zbar)
        for side in _SMALLER_SIDES_PX:
            if side < max(grey.shape) * fit:
                yield self._at(grey, side / max(grey.shape), [*self._usual, *self._zbar])
        yield self._at(grey, fit, _changed())
        yield self._at(grey, fit, [_inverted(zbar) for zbar in self._zbar])
        yield self._at(grey, min(fit, 900 / max(grey.shape)), _turned())

    def _at(self, grey: Grey, scale: float, decoders: Sequence[Decoder]) -> list[list[Reading]]:
        if scale == 1.0:
            return [decoder.read(grey) for decoder in decoders]
        picture = resized(grey, scale)
        shown = [Prepared(d, _same, name=f"at {scale:.2f}", scale=scale) for d in decoders]
        return [decoder.read(picture) for decoder in shown]


def _same(grey: Grey) -> Grey:
    return grey


def _inverted(decoder: Decoder) -> Decoder:
    return Prepared(decoder, inverted, name="inverted")


def _changed() -> list[Decoder]:
    changes: list[tuple[str, Callable[[Grey], Grey]]] = [
        ("sharp", sharpened),
        ("blur 2", functools.partial(blurred, sigma=2.0)),
        ("blur 3", functools.partial(blurred, sigma=3.0)),
    ]
    return [
        Prepared(Zxing(global_threshold=everywhere), change, name=name)
        for name, change in changes
        for everywhere in (False, True)
    ]


def _turned() -> list[Decoder]:
    return [
        Prepared(Zxing(), functools.partial(turned, degrees=angle), name=f"turned {angle:.0f}")
        for angle in _ANGLES
    ]
