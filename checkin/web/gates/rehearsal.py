"""The page of rehearsals: begin and end one, and print practice badges."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import redirect, request

from badges.qr import qr_svg
from checkin.domain.scanning.messages import verdict_message
from checkin.domain.scanning.reasons import face_of
from checkin.domain.scanning.rehearsal import Practice, practice_verdict
from checkin.protocol.codes import group_for_people
from checkin.services.lifecycle.first_steps import Step
from checkin.services.scanning.rehearsal import begin_rehearsal, end_rehearsal, practice_codes
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.languages import LANGUAGES

bp = pages(__name__)


@dataclass(frozen=True, slots=True)
class PracticeBadge:
    """One practice badge on paper.

    Attributes:
        kind: ok, already or refused: which shape its card has.
        shows: what gates say to it, in French and in Arabic.
        picture: its QR as a data: address.
    """

    kind: str
    shows: dict[str, str]
    code: str
    picture: str


@bp.get("/events/<slug>/rehearsal")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """Show whether a rehearsal is on, and how to hold one."""
    return visit.show("gates/rehearsal.html", badges=_practice_badges(visit))


@bp.get("/events/<slug>/rehearsal/badges")
@visited_by(STAFF)
def sheet(visit: EventVisit) -> Answer:
    """Show the practice badges as a sheet to print."""
    return visit.show("gates/practice_sheet.html", badges=_practice_badges(visit))


@bp.post("/events/<slug>/rehearsal/begin")
@visited_by(STAFF)
def begin(visit: EventVisit) -> Answer:
    """Begin a rehearsal: practice badges show their verdicts at every gate."""
    return _changed(visit, begin_rehearsal)


@bp.post("/events/<slug>/rehearsal/end")
@visited_by(STAFF)
def end(visit: EventVisit) -> Answer:
    """End the rehearsal: practice badges are refused from now on."""
    return _changed(visit, end_rehearsal)


def _changed(visit: EventVisit, change: Callable[..., None]) -> Answer:
    visit.write(lambda v: change(v.session, v.event, **v.who))
    visit.server.devices.forget()  # the very next practice badge is answered by it
    if request.form.get("then") == "start":
        return redirect(visit.address("first_steps.show", step=Step.REHEARSAL), 303)
    return redirect(visit.address("rehearsal.show"), 303)


def _practice_badges(visit: EventVisit) -> list[PracticeBadge]:
    """Return the practice badges of an event, in the order of their sheet."""
    codes = practice_codes(visit.keys, visit.event.slug)
    return [_badge(code, practice, visit.now) for code, practice in codes.items()]


def _badge(code: str, practice: Practice, now: datetime) -> PracticeBadge:
    verdict = practice_verdict(practice, now)
    return PracticeBadge(
        kind=face_of(verdict.reason) if verdict.reason else "ok",
        shows={one: verdict_message(verdict.status, verdict.reason, one) for one in LANGUAGES},
        code=group_for_people(code),
        picture="data:image/svg+xml;base64," + b64encode(qr_svg(code).encode()).decode("ascii"),
    )
