"""The delivery page: who has their badge, who must be reached otherwise, and the sending."""

from __future__ import annotations

import csv
import io

from flask import Response, flash, redirect, request
from flask_babel import ngettext

from checkin.db.models import Sending
from checkin.errors import InvalidRequest
from checkin.services.mail.delivery_report import (
    UNREACHED,
    Delivery,
    Reached,
    delivery_by_delegation,
    people_by_delivery,
    progress_of,
    resend,
)
from checkin.services.mail.sender import is_being_sent, sending_of, set_sending
from checkin.services.network.telephone_check import opened_elsewhere
from checkin.services.spreadsheets.writing import harmless
from checkin.web.mail.delivery_words import delivery_word, filter_words
from checkin.web.site.addresses import this_address
from checkin.web.site.json import json_response
from checkin.web.site.outgoing import mail_refusals, public_address
from checkin.web.site.visits import REGISTRARS, STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)

PAGE_SIZE = 100
_COLUMNS = ["number", "delegation", "name", "name_ar", "phone", "email", "delivery", "printed"]


@bp.get("/events/<slug>/delivery")
@visited_by(REGISTRARS)
def index(visit: EventVisit) -> Answer:
    """Show counts by delegation and a filtered list; coordinators see their own delegation."""
    number, address = max(1, request.args.get("page", 1, int)), public_address()
    session, event, own = visit.session, visit.event, visit.own_delegation
    people = _asked_people(visit, limit=PAGE_SIZE + 1, offset=(number - 1) * PAGE_SIZE)
    return visit.show(
        "mail/delivery.html",
        lines=delivery_by_delegation(session, event, own),
        progress=progress_of(session, event, visit.now, own),
        sending=sending_of(session, event.id),
        sender=is_being_sent(session, event.id, visit.now),
        people=people[:PAGE_SIZE],
        number=number,
        more=len(people) > PAGE_SIZE,
        deliveries=list(Delivery),
        word=delivery_word,
        filters=filter_words(),
        chosen=request.args.get("state", "unreached"),
        delegation_id=_asked_delegation(visit),
        printed=request.args.get("printed", ""),
        refusals=mail_refusals(),
        address=address,
        opened_at=opened_elsewhere(session, address.url),
        timezone=event.timezone,
        back=this_address(),
    )


@bp.get("/events/<slug>/delivery/progress")
@visited_by(REGISTRARS)
def progress(visit: EventVisit) -> Answer:
    """Return the counts, the rate and the time left as JSON."""
    session, event = visit.session, visit.event
    now = progress_of(session, event, visit.now, visit.own_delegation)
    switch = {
        "sending": sending_of(session, event.id),
        "sender": is_being_sent(session, event.id, visit.now),
    }
    counts = {str(one): now.counts[one] for one in Delivery}
    return json_response({"counts": counts, "rate": now.rate, "left_s": now.left_s, **switch})


@bp.get("/events/<slug>/delivery/people.csv")
@visited_by(REGISTRARS)
def people_csv(visit: EventVisit) -> Answer:
    """Download the filtered list with phone numbers, as a spreadsheet."""
    response = Response(_csv(_asked_people(visit)), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="people.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/events/<slug>/delivery/resend")
@visited_by(REGISTRARS)
def send_again(visit: EventVisit) -> Answer:
    """Queue the badges of the selected people again."""
    chosen, own = request.form.getlist("participant", type=int), visit.own_delegation
    count = visit.write(lambda v: resend(v.session, v.event, chosen, delegation_id=own, **v.who))
    flash(ngettext("%(num)s message queued.", "%(num)s messages queued.", count))
    return _redirect_to_delivery(visit)


@bp.post("/events/<slug>/delivery/switch")
@visited_by(STAFF)
def switch(visit: EventVisit) -> Answer:
    """Pause, stop or resume the sending."""
    asked = request.form.get("sending", "")
    if asked not in set(Sending):
        raise InvalidRequest("sending is running, paused or stopped")
    visit.write(lambda v: set_sending(v.session, v.event, Sending(asked), **v.who))
    return _redirect_to_delivery(visit)


def _redirect_to_delivery(visit: EventVisit) -> Answer:
    kept = {name: request.args.get(name) for name in ("state", "delegation", "printed", "page")}
    return redirect(visit.address("delivery.index", **kept))


def _asked_people(visit: EventVisit, *, limit: int | None = None, offset: int = 0) -> list[Reached]:
    return people_by_delivery(
        visit.session,
        visit.event,
        delegation_id=_asked_delegation(visit),
        wanted=_asked_deliveries(),
        printed=_asked_printed(),
        limit=limit,
        offset=offset,
    )


def _asked_delegation(visit: EventVisit) -> int | None:
    own = visit.own_delegation
    return own if own is not None else request.args.get("delegation", type=int)


def _asked_printed() -> bool | None:
    return {"yes": True, "no": False}.get(request.args.get("printed", ""))


def _asked_deliveries() -> frozenset[Delivery]:
    asked = request.args.get("state", "unreached")
    if asked == "all":
        return frozenset(Delivery)
    return frozenset({Delivery(asked)}) if asked in set(Delivery) else UNREACHED


def _csv(people: list[Reached]) -> str:
    file = io.StringIO("\ufeff")  # tells spreadsheets that this is UTF-8
    file.seek(1)
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for one in people:
        person = one.participant
        row = [person.id, one.delegation.name, person.name, person.name_ar, person.phone]
        row += [person.email, one.delivery, "yes" if one.printed else "no"]
        writer.writerow([harmless(cell) for cell in row])
    return file.getvalue()
