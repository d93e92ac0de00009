"""Forms that two people may change at once: whoever is second sees what the first one did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask import Flask, request
from flask_babel import gettext as _

from checkin.domain.common.form_marks import Overtaken, form_mark, overtaken
from checkin.errors import Conflict
from checkin.services.common.locks import lock_event
from checkin.web.site.languages import page_language
from checkin.web.site.visits import EventVisit
from checkin.words.moments import as_read

#: the name of the hidden field in which a form carries the mark of what it shows
MARK = "shown"
V = TypeVar("V", bound=EventVisit)
Choices = Mapping[str, Iterable[tuple[object, str]]]


class FormOvertaken(Conflict):
    """Somebody else has changed what the form shows.

    Attributes:
        form: what to show instead, as the comparison has found it: `Overtaken`; of lines,
            `OvertakenRows`; of a sheet, what nobody has seen of its rows.
    """

    code = "form_overtaken"

    def __init__(self, form: Any) -> None:
        """Remember what to show instead."""
        super().__init__("somebody else has changed this: look at it, and save again")
        self.form = form


def refuse_overtaken(
    visit: V, typed: Mapping[str, str], read: Callable[[V], Mapping[str, str]]
) -> None:
    """Refuse a form that shows what somebody else has changed; to be called within `visit.write`.

    The event's row is locked from then on, as every change to what an event's forms show locks it.

    Args:
        read: returns the values that the form would show now.

    Raises:
        FormOvertaken: they are not what it shows.
    """
    read_anew(visit)
    found = overtaken(request.form.get(MARK, ""), typed, read(visit))
    if found is not None:
        raise FormOvertaken(found)


def read_anew(visit: EventVisit) -> None:
    """Lock the event's row, and read what follows as others have left it."""
    lock_event(visit.session.connection(), visit.event.id)
    visit.session.expire_all()


def changes_said(form: Overtaken, choices: Choices | None = None) -> dict[str, str]:
    """Return, for each field that somebody else has changed, a sentence that says to what.

    Args:
        choices: the values and what people call them, of the fields that are chosen from a list.
    """
    return {
        name: change_said(_called(name, text, choices or {})) for name, text in form.changed.items()
    }


def _called(name: str, text: str, choices: Choices) -> str:
    names = {str(value): shown for value, shown in choices.get(name, ())}
    return names.get(text, as_read(text, page_language()))


def change_said(text: str) -> str:
    """Return the sentence that says to what somebody else has changed a field."""
    if not text:
        return str(_("Somebody else has just emptied this."))
    # First-strong isolate: an Arabic name does not turn the words around it.
    value = f"\u2068{text}\u2069"
    return str(_("Somebody else has just changed this to: %(value)s", value=value))


def register_shared_forms(app: Flask) -> None:
    """Let templates mark a form with the values that it shows."""
    app.jinja_env.filters["form_mark"] = form_mark
