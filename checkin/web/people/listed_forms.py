"""Pages that list an event's things, each with a form that changes it, and a form for a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from flask import flash, request
from flask_babel import gettext as _

from checkin.domain.common.problems import FieldProblem, Problem
from checkin.web.site.visits import EventVisit
from checkin.words.problems import problem_advice

D = TypeVar("D")
#: changes an event as the details of a form say, within a transaction
ChangeByDetails = Callable[[EventVisit, D], object]


@dataclass(frozen=True)
class Refused:
    """A form that was not taken: which one, what it said and what is wrong; or none."""

    form: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()

    def shown(self, language: str) -> dict[str, object]:
        """Return what the page's template asks for."""
        sentences = {one.column: problem_advice(one, language) for one in self.problems}
        return {"refused": self.form, "said": self.said, "said_problems": sentences}


NONE_REFUSED = Refused()


def change_by_form(
    visit: EventVisit,
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
        visit.write(lambda v: change(v, details))
    except FieldProblem as fault:
        return Refused(form, said, [fault.problem])
    visit.nudge()
    flash(_("Saved."))
    return None
