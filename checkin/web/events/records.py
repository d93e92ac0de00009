"""After the event: take the records out, erase the personal data, keep the receipt."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import IO

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from checkin.db.engine import in_transaction
from checkin.db.models import Event
from checkin.errors import InvalidRequest, NotFound
from checkin.services.board.live_counts import live_counts
from checkin.services.common.activity import note
from checkin.services.events.visibility import visible_event
from checkin.services.export.whole import WRITERS
from checkin.services.gates.devices import revoked_devices
from checkin.services.lifecycle.purge import count_of_people, purge_event, receipt_of
from checkin.web.events.receipt_words import receipt_lines
from checkin.web.site.errors import register_page_errors
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba

bp = Blueprint("records", __name__)
register_page_errors(bp)

_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@bp.get("/events/<slug>/export")
def export(slug: str) -> ResponseReturnValue:
    """Say what can be taken out."""
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        counts = live_counts(session, event.id)
    return render_template("events/export.html", event=event, counts=counts)


@bp.post("/events/<slug>/export")
def download(slug: str) -> ResponseReturnValue:
    """Return the records as a file, and write down who took them."""
    form, operator, now = request.form.get("format", ""), current_operator(), datetime.now(UTC)
    if form not in WRITERS:
        raise InvalidRequest("choose CSV, XLSX or JSON")
    # On the disk, because it may be large, and without a name: nothing of it outlives the answer.
    file = tempfile.TemporaryFile(dir=marhaba().settings.home)  # noqa: SIM115, `_read_out` closes
    with database().snapshot() as session:
        event = visible_event(session, operator, slug)
        WRITERS[form](session, event, file, now)
    in_transaction(
        database(),
        lambda s: note(s, event.id, "event.export", now, operator_id=operator.id, format=form),
    )
    response = _file(_read_out(file), _KINDS[form], f"{_file_name(event)}.{form}")
    response.content_length = file.seek(0, io.SEEK_END)
    return response


@bp.get("/events/<slug>/purge")
def purge(slug: str) -> ResponseReturnValue:
    """Show what a purge would erase; after one, its receipt."""
    return _purge_page(slug)


@bp.post("/events/<slug>/purge")
def erase(slug: str) -> ResponseReturnValue:
    """Erase the personal data, if the words are typed and the event is over or that is waived."""
    operator, now = current_operator(), datetime.now(UTC)
    with database().read() as session:
        event = visible_event(session, operator, slug)
    typed, early = request.form.get("typed", "").strip(), request.form.get("early") == "yes"
    if typed != event.slug:
        return _purge_page(slug, typed=typed, wrong_words=True), 400
    if now < event.ends_at and not early:
        return _purge_page(slug, typed=typed, too_early=True), 400
    home = marhaba().settings.home
    purge_event(database(), event, home, now=now, early=early, operator_id=operator.id)
    marhaba().devices.forget()
    marhaba().live.nudge(event.id)
    flash(_("The personal data are erased. Keep the receipt."))
    return redirect(url_for("records.purge", slug=slug), 303)


@bp.get("/events/<slug>/purge/receipt.txt")
def receipt(slug: str) -> ResponseReturnValue:
    """Return the receipt of a purge as a text, to be kept."""
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        found, devices = receipt_of(session, event), revoked_devices(session, event)
    if found is None:
        raise NotFound("nothing was purged here yet")
    text = render_template(
        "events/purge_receipt.txt",
        event=event,
        receipt=found,
        lines=receipt_lines(found),
        devices=devices,
        now=datetime.now(UTC),
    )
    name = f"receipt-{found.purged_at:%Y-%m-%d}.txt"
    return _file(text.encode(), "text/plain; charset=utf-8", name)


def _purge_page(slug: str, **more: object) -> str:
    now = datetime.now(UTC)
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        found = receipt_of(session, event)
        return render_template(
            "events/purge.html",
            event=event,
            now=now,
            running=now < event.ends_at,
            people=count_of_people(session, event),
            due=event.ends_at + timedelta(days=event.retention_days),
            receipt=found,
            lines=receipt_lines(found) if found else [],
            devices=revoked_devices(session, event),
            **more,
        )


def _read_out(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(1 << 16):
            yield chunk


def _file_name(event: Event) -> str:
    day = f"{event.starts_at:%Y-%m-%d}"
    return f"participants-{day}" if event.sensitive else f"{event.slug}-{day}"


def _file(content: bytes | Iterator[bytes], kind: str, name: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
