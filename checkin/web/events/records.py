"""The pages after an event: export its records, purge its personal data, get the receipt."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, flash, redirect, request
from flask_babel import gettext as _

from checkin.errors import InvalidRequest, NotFound
from checkin.services.export.whole import FORMATS
from checkin.services.gates.devices import revoked_devices
from checkin.services.lifecycle.purge import Receipt, count_of_people, purge_event, receipt_of
from checkin.services.lifecycle.readiness import registered_people
from checkin.services.lifecycle.retention import Keepable
from checkin.services.people.arrivals import count_of_arrived
from checkin.web.events.receipt_words import (
    copy_lines,
    keepable_names,
    kept_lines,
    log_sentence,
    receipt_lines,
)
from checkin.web.jobs.asking import ask_for
from checkin.web.site.visits import ADMINISTRATORS, STAFF, Answer, EventVisit, pages, visited_by
from checkin.worker.work.event_export import EVENT_EXPORT

bp = pages(__name__)


@bp.get("/events/<slug>/export")
@visited_by(STAFF)
def export(visit: EventVisit) -> Answer:
    """Show the exports that can be downloaded."""
    return visit.show(
        "events/export.html",
        registered=registered_people(visit.session, visit.event),
        arrived=count_of_arrived(visit.session, visit.event.id),
    )


@bp.post("/events/<slug>/export")
@visited_by(STAFF)
def download(visit: EventVisit) -> Answer:
    """Write the records into a file; who downloads it is logged."""
    form = request.form.get("format", "")
    if form not in FORMATS:
        raise InvalidRequest("choose CSV, XLSX or JSON")
    return ask_for(visit, EVENT_EXPORT, format=form, language=visit.language)


@bp.get("/events/<slug>/purge")
@visited_by(ADMINISTRATORS)
def purge(visit: EventVisit) -> Answer:
    """Show what a purge would erase; after one, its receipt."""
    return _purge_page(visit)


@bp.post("/events/<slug>/purge")
@visited_by(ADMINISTRATORS)
def erase(visit: EventVisit) -> Answer:
    """Purge the event, if the confirmation is typed and the event is over or that is waived."""
    event, server = visit.event, visit.server
    typed, early = request.form.get("typed", "").strip(), request.form.get("early") == "yes"
    if typed != event.slug:
        return _purge_page(visit, typed=typed, wrong_words=True), 400
    if visit.now < event.ends_at and not early:
        return _purge_page(visit, typed=typed, too_early=True), 400
    keep = _chosen(request.form.getlist("keep"))
    purge_event(server.database, event, server.settings.home, early=early, keep=keep, **visit.who)
    server.devices.forget()
    visit.nudge()
    flash(_("The personal data are erased. Keep the receipt."))
    return redirect(visit.address("records.purge"), 303)


@bp.get("/events/<slug>/purge/receipt.txt")
@visited_by(ADMINISTRATORS)
def receipt(visit: EventVisit) -> Answer:
    """Return the receipt of a purge as a text file."""
    found = receipt_of(visit.session, visit.event)
    if found is None:
        raise NotFound("nothing was purged here yet")
    text = visit.show(
        "events/purge_receipt.txt",
        receipt=found,
        **_told(found, visit),
        devices=revoked_devices(visit.session, visit.event),
        now=visit.now,
    )
    name = f"receipt-{found.purged_at:%Y-%m-%d}.txt"
    return _file(text.encode(), "text/plain; charset=utf-8", name)


def _purge_page(visit: EventVisit, **more: object) -> str:
    session, event = visit.session, visit.event
    found = receipt_of(session, event)
    return visit.show(
        "events/purge.html",
        now=visit.now,
        running=visit.now < event.ends_at,
        people=count_of_people(session, event),
        due=event.ends_at + timedelta(days=event.retention_days),
        receipt=found,
        keepable=keepable_names(),
        keep=_chosen(request.form.getlist("keep")) if more else {Keepable.GATE_NAMES},
        **(_told(found, visit) if found else {}),
        devices=revoked_devices(session, event),
        **more,
    )


def _told(found: Receipt, visit: EventVisit) -> dict[str, object]:
    """Return what the receipt says, for the page and for its file."""
    return {
        "lines": receipt_lines(found),
        "kept": kept_lines(found),
        "copies": copy_lines(found, visit.now),
        "log_sentence": log_sentence(found),
        "has_nodes": visit.server.database.dialect != "sqlite",
    }


def _chosen(names: list[str]) -> set[Keepable]:
    return {one for one in Keepable if one in names}


def _file(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
