"""How long somebody who tried too often has to wait, in words."""

from __future__ import annotations

from babel.units import format_unit
from flask_babel import get_locale
from flask_babel import gettext as _

from checkin.errors import TooManyRequests
from checkin.services.limits.limits import whole_minutes

_HOURS_FROM = 120


def waiting_sentence(fault: TooManyRequests) -> str:
    """Return the sentence that says that it was too often, and until when."""
    return str(
        _("Too many attempts. Wait %(time)s, then try again.", time=_wait_in_words(fault.wait_s))
    )


def _wait_in_words(wait_s: float) -> str:
    minutes = whole_minutes(wait_s)
    if minutes >= _HOURS_FROM:
        return format_unit(-(-minutes // 60), "duration-hour", locale=get_locale())
    return format_unit(minutes, "duration-minute", locale=get_locale())
