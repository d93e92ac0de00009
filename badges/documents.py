"""Documents on paper that a Typst file lays out, in the fonts that come with the program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from badges.fonts import layout_fonts
from checkin.words.lettering import FAMILIES, printed


def document_pdf(layout: Path, data: Mapping[str, Any]) -> bytes:
    """Return a document as PDF; the same data give the same bytes.

    Args:
        layout: the Typst file, which reads `data` as JSON.

    Raises:
        BadgeError: a font file is missing.
    """
    pdf: bytes = typst.compile(
        str(layout),
        font_paths=layout_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps({**_printed(data), "fonts": FAMILIES}, ensure_ascii=False)},
        timestamp=0,
    )
    return pdf


def _printed(data: Any) -> Any:
    """Return data of a layout with all texts as our fonts draw them."""
    if isinstance(data, str):
        return printed(data)
    if isinstance(data, Mapping):
        return {name: _printed(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_printed(value) for value in data]
    return data
