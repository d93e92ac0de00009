"""The page of backups: how old the newest copy is, one more at once, and one to take away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from babel.dates import format_timedelta
from flask import Response, redirect, request
from flask_babel import gettext as _

from checkin.command_names import organiser_command
from checkin.domain.events.readiness import FRESH_BACKUP
from checkin.services.backups.archives import SHORTEST_PASSPHRASE, seal_key
from checkin.services.backups.copies import (
    FOLDER,
    ask_for_copy,
    copies_in,
    copy_asked_at,
    last_failure,
    with_key,
)
from checkin.services.backups.key_sheets import POLICY, key_sheet
from checkin.services.common.activity import note
from checkin.services.events.visibility import house_timezone
from checkin.services.jobs.workers import is_any_alive
from checkin.services.lifecycle.readiness import newest_known_backup
from checkin.settings import master_key_bytes
from checkin.web.accounts.confirming import FIELD, confirmed, is_confirmed_here
from checkin.web.jobs.job_words import size_text
from checkin.web.site.languages import babel_locale
from checkin.web.site.visits import ADMINISTRATORS, STAFF, Answer, Visit, pages, visited_by

bp = pages(__name__)

#: the form's fields
PASSPHRASE, AGAIN = "passphrase", "passphrase_again"
#: a copy that was asked for and is not there after so long is not waited for any more
_WAITED_FOR = timedelta(minutes=10)
_PIECE = 2**16


@bp.get("/backup")
@visited_by(STAFF)
def show(visit: Visit) -> Answer:
    """Say how old the newest copy is, and how to take one away."""
    return _page(visit)


@bp.post("/backup/copy")
@visited_by(STAFF)
def make(visit: Visit) -> Answer:
    """Let the worker make a copy at once."""
    visit.write(lambda v: ask_for_copy(v.session, v.now))
    return redirect(visit.address("backup.show"), 303)


# Whoever holds a backup and its passphrase has everybody's name and every badge.
@bp.post("/backup/file")
@confirmed
@visited_by(ADMINISTRATORS)
def download(visit: Visit) -> Answer:
    """Return the newest copy, with the master key in it under the passphrase of the form."""
    if problems := _problems(request.form):
        return _page(visit, problems), 400
    home = visit.server.settings.home
    copies = copies_in(home)
    if not copies:
        return redirect(visit.address("backup.show"), 303)
    try:
        file = with_key(copies[0], home, _sealed_key(visit), visit.now)
    except OSError:
        sentence = _("The server cannot write the file: its disk may be full.")
        return _page(visit, {PASSPHRASE: sentence}), 503
    visit.write(lambda v: note(v.session, None, "installation.backup", format="zip", **v.who))
    response = Response(_content(file), content_type="application/zip")
    response.content_length = file.stat().st_size
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/backup/key-sheet")
@confirmed
@visited_by(ADMINISTRATORS)
def sheet(visit: Visit) -> Answer:
    """Show the master key, sealed under the passphrase of the form, as a page to print."""
    if problems := _problems(request.form):
        return _page(visit, problems), 400
    visit.write(lambda v: note(v.session, None, "installation.key_sheet", **v.who))
    sealed = json.dumps(_sealed_key(visit), separators=(",", ":"))
    response = Response(key_sheet(sealed, visit.now), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _page(visit: Visit, problems: Mapping[str, str] | None = None) -> str:
    settings, session, now = visit.server.settings, visit.session, visit.now
    copies = copies_in(settings.home)
    newest_at = newest_known_backup(session, settings.home)
    asked_at, failure = copy_asked_at(session), last_failure(session)
    is_pending = asked_at is not None and not (copies and copies[0].at >= asked_at)
    is_going = is_pending and asked_at is not None and now - asked_at < _WAITED_FOR
    if failure and asked_at and failure.at >= asked_at:
        is_going = False
    return visit.show(
        "backups/backup.html",
        newest=copies[0] if copies else None,
        oldest=copies[-1] if copies else None,
        count=len(copies),
        newest_at=newest_at,
        age=_age_words(newest_at - now) if newest_at else "",
        is_fresh=newest_at is not None and now - newest_at < FRESH_BACKUP,
        is_going=is_going,
        has_worker=is_any_alive(session, now),
        is_hourly=settings.hourly_copies,
        failure=failure,
        folder=settings.home.resolve() / FOLDER,
        size=size_text,
        timezone=house_timezone(session),
        problems=problems or {},
        restore=f"{organiser_command()} restore",
        confirmation="" if is_confirmed_here() else FIELD,
    )


def _problems(form: Mapping[str, str]) -> dict[str, str]:
    passphrase = form.get(PASSPHRASE, "").strip()
    if len(passphrase) < SHORTEST_PASSPHRASE:
        return {PASSPHRASE: _("Use 12 characters or more: several words are easy to remember.")}
    if form.get(AGAIN, "").strip() != passphrase:
        return {AGAIN: _("This is not the same passphrase: type it twice alike.")}
    return {}


def _sealed_key(visit: Visit) -> dict[str, Any]:
    key = master_key_bytes(visit.server.settings)
    return seal_key(key, request.form[PASSPHRASE].strip())


def _content(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as content:
            while piece := content.read(_PIECE):
                yield piece
    finally:
        shutil.rmtree(file.parent, ignore_errors=True)


def _age_words(since: timedelta) -> str:
    """Return such words as "12 minutes ago"."""
    past = min(since, -timedelta(minutes=1))
    return format_timedelta(past, add_direction=True, locale=babel_locale())
