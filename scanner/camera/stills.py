"""`--decode`: read the codes in still images, one JSON line each."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from scanner.camera.sources import read_image
from scanner.decode.base import Decoder, grey_of
from scanner.decode.still import Still
from scanner.decode.stream import zbar_or_none
from scanner.words import say


def decode_images(paths: list[str], language: str) -> int:
    """Print a JSON line for each image; return the exit code, 1 when one could not be opened."""
    zbar = zbar_or_none()
    if zbar is None:
        print(say(language, "no_zbar"), file=sys.stderr)  # noqa: T201 - this is a command
    still = Still(zbar)
    results = [_shown(decoded(Path(path), still)) for path in paths]
    return 1 if any("error" in result for result in results) else 0


def decoded(path: Path, decoder: Decoder) -> dict[str, Any]:
    """Return the JSON object of one image; `ms` counts the decoding, not the reading."""
    image = read_image(path)
    if image is None:
        error = "not an image that can be read" if path.is_file() else "no such file"
        return {"path": str(path), "texts": [], "ms": 0.0, "error": error}
    began = time.perf_counter()
    readings = decoder.read(grey_of(image))
    took_ms = round((time.perf_counter() - began) * 1000, 2)
    return {"path": str(path), "texts": [r.text for r in readings], "ms": took_ms}


def _shown(result: dict[str, Any]) -> dict[str, Any]:
    print(json.dumps(result, ensure_ascii=False), flush=True)  # noqa: T201 - this is a command
    return result
