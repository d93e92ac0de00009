"""What the page of an event's look says when a logo or a colour cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from badges.look import LookProblem
from checkin.db.models import Job
from checkin.services.jobs.problems import ProblemCode
from checkin.web.jobs.job_words import problem_sentence
from checkin.web.site.languages import number


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was changed.

    Attributes:
        of_colour: a colour is wrong, not the logo.
    """

    sentence: str
    of_colour: bool = False


def refusal(problem: LookProblem, value: str) -> Refusal:
    """Return why a logo or a colour is refused."""
    of_colour = problem in (LookProblem.NO_COLOUR, LookProblem.TOO_LIGHT)
    if problem is LookProblem.TOO_LIGHT:
        value = number(float(value))
    return Refusal(_sentences(value)[problem], of_colour)


def refusal_of(job: Job) -> Refusal | None:
    """Return why a job that was to change the look has not; None if it has, or goes on."""
    if job.problem is None:
        return None
    code, values = job.problem["code"], job.problem["values"]
    if code == ProblemCode.LOOK_REFUSED:
        return refusal(LookProblem(values["problem"]), values["value"])
    return Refusal(problem_sentence(job.problem))


def _sentences(value: Any) -> dict[LookProblem, str]:
    return {
        LookProblem.TOO_LARGE: _(
            "The logo is too large: make it smaller than %(value)s kB.", value=value
        ),
        LookProblem.TOO_WIDE: _(
            "The logo is wider or higher than %(value)s pixels: make it smaller.", value=value
        ),
        LookProblem.NO_PICTURE: _("The logo is neither PNG, JPEG nor SVG: save it as one of them."),
        LookProblem.BROKEN: _("The logo's file is damaged: save it again, as PNG for example."),
        LookProblem.NOT_PLAIN: _(
            "The logo holds “%(value)s”, which a drawing does not need: save it as plain SVG, "
            "or as PNG.",
            value=value,
        ),
        LookProblem.TAKES_TOO_MUCH: _(
            "To draw this logo takes too much memory or time: save it as PNG and upload that."
        ),
        LookProblem.NO_COLOUR: _("“%(value)s” is no colour: write it like #1b6e4b.", value=value),
        LookProblem.TOO_LIGHT: _(
            "On white this colour has a contrast of %(value)s; words need 4.5. Choose a darker "
            "one.",
            value=value,
        ),
    }
