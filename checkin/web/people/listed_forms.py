"""Forms on pages that list things, with one form to change each thing and one to add a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from flask import flash, request
from flask_babel import gettext as _

from checkin.domain.common.form_marks import Overtaken
from checkin.domain.common.problems import FieldProblem, Problem
from checkin.web.site.shared_forms import Choices, FormOvertaken, changes_said, refuse_overtaken
from checkin.web.site.visits import EventVisit
from checkin.words.problems import problem_advice

D = TypeVar("D")
#: changes an event as the details of a form say, within a transaction
ChangeByDetails = Callable[[EventVisit, D], object]
#: returns the values that a form would show now
ReadValues = Callable[[EventVisit], Mapping[str, str]]


@dataclass(frozen=True)
class Refused:
    """The refused form of a page, with its fields and problems; or none.

    Attributes:
        overtaken: what somebody else has changed since the form was shown; None: nothing.
    """

    form: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    overtaken: Overtaken | None = None

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows it."""
        return 409 if self.overtaken else 400

    def shown(self, language: str, choices: Choices | None = None) -> dict[str, object]:
        """Return the refused form's data for the page's template; see `changes_said`."""
        sentences = {one.column: problem_advice(one, language) for one in self.problems}
        if self.overtaken:
            sentences |= changes_said(self.overtaken, choices)
        return {
            "refused": self.form,
            "said": self.said,
            "said_problems": sentences,
            "overtaken": self.overtaken is not None,
        }


NONE_REFUSED = Refused()


def change_by_form(
    visit: EventVisit,
    form: str,
    fields: Sequence[str],
    validate: Callable[[Mapping[str, str]], D | list[Problem]],
    change: ChangeByDetails[D],
    read: ReadValues | None = None,
) -> Refused | None:
    """Apply a form's change, or return it as refused, with nothing written.

    Args:
        form: the form's name, which distinguishes it from the page's other forms.
        read: returns what the form would show now, if it changes what is there already.
    """
    said = {name: request.form.get(name, "")[:400] for name in fields}
    details = validate(said)
    if isinstance(details, list):
        return Refused(form, said, details)

    def work(within: EventVisit) -> None:
        if read is not None:
            refuse_overtaken(within, said, read)
        change(within, details)

    try:
        visit.write(work)
    except FieldProblem as fault:
        return Refused(form, said, [fault.problem])
    except FormOvertaken as fault:
        return Refused(form, fault.form.values, overtaken=fault.form)
    visit.nudge()
    flash(_("Saved."))
    return None
