"""Forms on pages that list things, with one form to change each thing and one to add a new one."""

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
    """The refused form of a page, with its fields and problems; or none."""

    form: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()

    def shown(self, language: str) -> dict[str, object]:
        """Return the refused form's data for the page's template."""
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
    """Apply a form's change, or return it as refused, with nothing written.

    Args:
        form: the form's name, which distinguishes it from the page's other forms.
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
