"""Dates with their times, which forms write as `2026-11-28T14:00`, as people read them."""

from __future__ import annotations

import re
from datetime import datetime

from checkin.words.catalogues import said_in_context
from checkin.words.languages import spoken

_OF_A_FIELD = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?")


def as_read(text: str, language: str) -> str:
    """Return what a form's field for a date and a time holds as a language writes it.

    Any other text is returned as it is.
    """
    if not _OF_A_FIELD.fullmatch(text):
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:  # like the 31st of June
        return text
    from babel.dates import format_datetime  # a gate's scanner reads no forms, and has no Babel

    pattern = said_in_context("import", language, "pattern", "d MMMM y, HH:mm")
    return str(format_datetime(moment, pattern, locale=spoken(language).locale))
