"""Pages that list an event's things, each with a form that changes it, and a form for a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from flask import flash, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from checkin.db.models import Event
from checkin.domain.common.problems import FieldProblem, Problem
from checkin.web.site.event_changes import change_event
from checkin.web.site.languages import page_language
from checkin.web.site.state import marhaba
from checkin.words.problems import problem_advice

D = TypeVar("D")
D_contra = TypeVar("D_contra", contravariant=True)


class ChangeByDetails(Protocol[D_contra]):
    """What a service does to an event with the details that a form gave."""

    def __call__(
        self,
        session: Session,
        event: Event,
        /,
        *,
        details: D_contra,
        operator_id: int,
        now: datetime,
    ) -> object:
        """Change it in this session."""


@dataclass(frozen=True)
class Refused:
    """A form that was not taken: which one, what it said and what is wrong; or none."""

    form: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()

    def shown(self) -> dict[str, object]:
        """Return what the page's template asks for."""
        sentences = {one.column: problem_advice(one, page_language()) for one in self.problems}
        return {"refused": self.form, "said": self.said, "said_problems": sentences}


NONE_REFUSED = Refused()


def change_by_form(
    slug: str,
    form: str,
    fields: Sequence[str],
    validate: Callable[[Mapping[str, str]], D | list[Problem]],
    change: ChangeByDetails[D],
) -> Refused | None:
    """Do what a form says, or return why not; nothing is written then.

    Args:
        form: what sets this form's fields on the page apart from the others'.
    """
    said = {name: request.form.get(name, "")[:400] for name in fields}
    details = validate(said)
    if isinstance(details, list):
        return Refused(form, said, details)
    try:
        event_id = change_event(slug, partial(change, details=details))
    except FieldProblem as fault:
        return Refused(form, said, [fault.problem])
    marhaba().live.nudge(event_id)
    flash(_("Saved."))
    return None
