"""The delivery page: who has their badge, whom to reach otherwise, and how the sending goes."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from apiflask import APIBlueprint
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Sending
from checkin.errors import InvalidRequest
from checkin.services.accounts.own_delegation import own_delegation
from checkin.services.events.visibility import visible_event
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
from checkin.web.site.addresses import this_address
from checkin.web.site.delivery_words import delivery_word, filter_words
from checkin.web.site.errors import register_page_errors
from checkin.web.site.json import json_response
from checkin.web.site.outgoing import mail_refusals, public_address
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database

bp = APIBlueprint("delivery", __name__, enable_openapi=False)
register_page_errors(bp)
PAGE_SIZE = 100
_COLUMNS = ["number", "delegation", "name", "name_ar", "phone", "email", "delivery", "printed"]


@bp.get("/events/<slug>/delivery")
def index(slug: str) -> ResponseReturnValue:
    """Show the counts by delegation and the people of a filter; coordinators see their own."""
    operator, number = current_operator(), max(1, request.args.get("page", 1, int))
    address = public_address()
    with database().read() as session:
        event = visible_event(session, operator, slug)
        own = own_delegation(operator)
        people = people_by_delivery(
            session,
            event,
            delegation_id=_asked_delegation(own),
            wanted=_asked_deliveries(),
            printed=_asked_printed(),
            limit=PAGE_SIZE + 1,
            offset=(number - 1) * PAGE_SIZE,
        )
        return render_template(
            "mail/delivery.html",
            event=event,
            lines=delivery_by_delegation(session, event, own),
            progress=progress_of(session, event, datetime.now(UTC), own),
            sending=sending_of(session, event.id),
            sender=is_being_sent(session, event.id, datetime.now(UTC)),
            people=people[:PAGE_SIZE],
            number=number,
            more=len(people) > PAGE_SIZE,
            deliveries=list(Delivery),
            word=delivery_word,
            filters=filter_words(),
            chosen=request.args.get("state", "unreached"),
            delegation_id=_asked_delegation(own),
            printed=request.args.get("printed", ""),
            refusals=mail_refusals(),
            address=address,
            opened_at=opened_elsewhere(session, address.url),
            timezone=event.timezone,
            back=this_address(),
        )


@bp.get("/events/<slug>/delivery/progress")
def progress(slug: str) -> ResponseReturnValue:
    """Answer with the counts, the rate and the time left."""
    operator = current_operator()
    with database().read() as session:
        event = visible_event(session, operator, slug)
        now = progress_of(session, event, datetime.now(UTC), own_delegation(operator))
        switch = {
            "sending": sending_of(session, event.id),
            "sender": is_being_sent(session, event.id, datetime.now(UTC)),
        }
    counts = {str(one): now.counts[one] for one in Delivery}
    return json_response({"counts": counts, "rate": now.rate, "left_s": now.left_s, **switch})


@bp.get("/events/<slug>/delivery/people.csv")
def people_csv(slug: str) -> ResponseReturnValue:
    """Write the people of a filter with their phone numbers, for a spreadsheet."""
    operator = current_operator()
    with database().read() as session:
        event = visible_event(session, operator, slug)
        people = people_by_delivery(
            session,
            event,
            delegation_id=_asked_delegation(own_delegation(operator)),
            wanted=_asked_deliveries(),
            printed=_asked_printed(),
        )
    response = Response(_csv(people), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="people.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/events/<slug>/delivery/resend")
def send_again(slug: str) -> ResponseReturnValue:
    """Queue the badges of the chosen people again."""
    operator = current_operator()

    def work(session: Session) -> int:
        return resend(
            session,
            visible_event(session, operator, slug),
            request.form.getlist("participant", type=int),
            now=datetime.now(UTC),
            delegation_id=own_delegation(operator),
            operator_id=operator.id,
        )

    count = in_transaction(database(), work)
    flash(ngettext("%(num)s message queued.", "%(num)s messages queued.", count))
    return _back(slug)


@bp.post("/events/<slug>/delivery/switch")
def switch(slug: str) -> ResponseReturnValue:
    """Pause, stop or resume the sending."""
    operator, asked = current_operator(), request.form.get("sending", "")
    if asked not in set(Sending):
        raise InvalidRequest("sending is running, paused or stopped")

    def work(session: Session) -> None:
        event = visible_event(session, operator, slug)
        now = datetime.now(UTC)
        set_sending(session, event, Sending(asked), now=now, operator_id=operator.id)

    in_transaction(database(), work)
    return _back(slug)


def _back(slug: str) -> ResponseReturnValue:
    kept = {name: request.args.get(name) for name in ("state", "delegation", "printed", "page")}
    return redirect(url_for("delivery.index", slug=slug, **kept))  # type: ignore[arg-type]


def _asked_delegation(own: int | None) -> int | None:
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
