"""Rehearse: let practice badges show their verdicts, and print them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from badges.qr import qr_svg
from checkin.db.models import Event
from checkin.domain.scanning.messages import verdict_message
from checkin.domain.scanning.reasons import face_of
from checkin.domain.scanning.rehearsal import Practice, practice_verdict
from checkin.protocol.codes import group_for_people
from checkin.services.events.visibility import visible_event
from checkin.services.lifecycle.first_steps import Step
from checkin.services.scanning.rehearsal import begin_rehearsal, end_rehearsal, practice_codes
from checkin.web.site.errors import register_page_errors
from checkin.web.site.event_changes import change_event
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba
from checkin.words.languages import LANGUAGES

bp = Blueprint("rehearsal", __name__)
register_page_errors(bp)


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
def show(slug: str) -> ResponseReturnValue:
    """Say whether a rehearsal is on, and how to go about it."""
    return _page(slug, "gates/rehearsal.html")


@bp.get("/events/<slug>/rehearsal/badges")
def sheet(slug: str) -> ResponseReturnValue:
    """Show the practice badges as a sheet to print."""
    return _page(slug, "gates/practice_sheet.html")


@bp.post("/events/<slug>/rehearsal/begin")
def begin(slug: str) -> ResponseReturnValue:
    """Let practice badges show their verdicts at every gate."""
    return _changed(slug, begin_rehearsal)


@bp.post("/events/<slug>/rehearsal/end")
def end(slug: str) -> ResponseReturnValue:
    """Refuse practice badges from now on."""
    return _changed(slug, end_rehearsal)


def _changed(slug: str, change: Callable[..., None]) -> ResponseReturnValue:
    change_event(slug, change)
    marhaba().devices.forget()  # the very next practice badge is answered by it
    if request.form.get("then") == "start":
        return redirect(url_for("first_steps.show", slug=slug, step=Step.REHEARSAL), 303)
    return redirect(url_for("rehearsal.show", slug=slug), 303)


def _page(slug: str, template: str) -> str:
    now = datetime.now(UTC)
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
    return render_template(template, event=event, badges=practice_badges(event, now))


def practice_badges(event: Event, now: datetime) -> list[PracticeBadge]:
    """Return the practice badges of an event, in the order of their sheet."""
    codes = practice_codes(marhaba().keys, event.slug)
    return [_badge(code, practice, now) for code, practice in codes.items()]


def _badge(code: str, practice: Practice, now: datetime) -> PracticeBadge:
    verdict = practice_verdict(practice, now)
    return PracticeBadge(
        kind=face_of(verdict.reason) if verdict.reason else "ok",
        shows={one: verdict_message(verdict.status, verdict.reason, one) for one in LANGUAGES},
        code=group_for_people(code),
        picture="data:image/svg+xml;base64," + b64encode(qr_svg(code).encode()).decode("ascii"),
    )
