"""The language of a page: ?lang=, else the operator's, the browser's, or the installation's."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import Flask, g, request, session
from markupsafe import Markup

from badges.texts import reads_right_to_left
from checkin.protocol.time_zones import time_zone
from checkin.web.site.addressing.addresses import this_path
from checkin.web.site.sessions import operator_or_none
from checkin.web.site.state import marhaba
from checkin.words.languages import LANGUAGES
from checkin.words.problems import printed_note


def page_language() -> str:
    """Return the tag of the current page's language.

    A page that belongs to one participant sets it in `g.page_language`.
    """
    chosen = request.args.get("lang") or g.get("page_language") or session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    operator = operator_or_none()
    if operator is not None and operator.language in LANGUAGES:
        return operator.language
    ours = marhaba().settings.language
    return request.accept_languages.best_match(LANGUAGES, ours) or ours


def babel_locale() -> str:
    """Return the locale that catalogues, dates and numbers of the page are read in."""
    return LANGUAGES[page_language()].locale


def language_tag() -> str:
    """Return what the page's `lang` attribute says, such as ar-MA."""
    return LANGUAGES[page_language()].html_tag


def text_direction() -> str:
    """Return "rtl" or "ltr"."""
    return LANGUAGES[page_language()].direction


def list_separator() -> str:
    """Return what parts the columns of CSV files in the page's language."""
    return LANGUAGES[page_language()].list_separator


def keep_chosen_language() -> None:
    """Remember ?lang= for the pages that follow."""
    chosen = request.args.get("lang")
    if chosen in LANGUAGES:
        session["language"] = chosen


def address_in(language: str) -> str:
    """Return the address of this page in another language."""
    arguments = {**request.args.to_dict(), "lang": language}
    return f"{this_path()}?{urlencode(arguments)}"


def number(value: float) -> str:
    """Format a number with the language's separator of thousands."""
    # The narrow space of French thousands is too narrow to see from afar.
    return format_decimal(value, locale=babel_locale()).replace("\u202f", "\u00a0")


def local_time(moment: datetime | None, timezone: str) -> str:
    """Format the time of a moment in the event's time zone, or an en dash for None."""
    if moment is None:
        return "–"
    return format_time(moment, "HH:mm", tzinfo=time_zone(timezone), locale=babel_locale())


def local_day(moment: datetime, timezone: str) -> str:
    """Format the day of a moment in the event's time zone."""
    return format_date(moment.astimezone(time_zone(timezone)), "full", locale=babel_locale())


def local_moment(moment: datetime | None, timezone: str) -> str:
    """Format the day and time of a moment in the event's time zone, or an en dash for None."""
    if moment is None:
        return "–"
    day = format_date(moment.astimezone(time_zone(timezone)), "medium", locale=babel_locale())
    return f"{day} {local_time(moment, timezone)}"


def offset_s(timezone: str) -> int:
    """Return how many seconds the event's time zone is ahead of UTC now.

    Pages need it, because a browser's time zone data may be years older than the server's.
    """
    offset = datetime.now(UTC).astimezone(time_zone(timezone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def both_names(thing: object) -> tuple[str, str | None]:
    """Return a thing's name in the page's script first, and then the other one or None."""
    name, name_ar = getattr(thing, "name", ""), getattr(thing, "name_ar", None)
    if page_language() == "ar":
        name, name_ar = name_ar, name
    return (name, name_ar) if name else (name_ar or "", None)


def other_lang(name: str) -> Markup:
    """Return the `lang` attribute for a name in another script than the page's, or nothing.

    Screen readers need it to pronounce the name.
    """
    is_arabic = reads_right_to_left(name)
    if is_arabic == (page_language() == "ar"):
        return Markup("")
    return Markup(" lang={}").format("ar" if is_arabic else "fr")


def register_language(app: Flask) -> None:
    """Give every template its page's language, and functions that format values in it."""
    app.before_request(keep_chosen_language)
    app.jinja_env.filters.update(
        number=number,
        local_time=local_time,
        local_day=local_day,
        local_moment=local_moment,
        both_names=both_names,
        other_lang=other_lang,
    )
    app.context_processor(
        lambda: {
            "language": page_language(),
            "language_tag": language_tag(),
            "text_direction": text_direction(),
            "language_choices": [(one.tag, one.own_name) for one in LANGUAGES.values()],
            "languages": list(LANGUAGES.values()),
            "address_in": address_in,
            "offset_s": offset_s,
            "printed_note": printed_note,
        }
    )
