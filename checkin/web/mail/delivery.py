"""The delivery page: who has their badge, who must be reached otherwise, and the sending."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from flask import flash, redirect, request
from flask_babel import ngettext

from checkin.db.models import Sending
from checkin.errors import InvalidRequest
from checkin.services.channels.channel_settings import channel_settings
from checkin.services.mail.delivery_report import (
    UNREACHED,
    Chosen,
    Delivery,
    delivery_by_delegation,
    page_by_delivery,
    progress_of,
    progress_with,
    resend,
    sent_by_channel,
)
from checkin.services.mail.going_on import left_to_go_on
from checkin.services.mail.previews import Previewed
from checkin.services.mail.sender import set_sending
from checkin.services.mail.sending_job import end_sending, start_sending
from checkin.services.network.telephone_check import opened_elsewhere
from checkin.services.people.badge_messages import channels_of
from checkin.web.jobs.asking import ask_for
from checkin.web.mail.channel_words import channel_word, channels_words, stop_sentences
from checkin.web.mail.delivery_words import delivery_word, filter_words
from checkin.web.mail.message_texts import send_test
from checkin.web.mail.sending_state import sending_now
from checkin.web.site.addressing.addresses import asked_turn, this_address
from checkin.web.site.addressing.outgoing import mail_refusals, mail_sender, public_address
from checkin.web.site.json import json_response
from checkin.web.site.numbers import row_number
from checkin.web.site.visits import REGISTRARS, STAFF, Answer, EventVisit, pages, visited_by
from checkin.worker.work.delivery_list import DELIVERY_LIST

bp = pages(__name__)

PAGE_SIZE = 100


@bp.get("/events/<slug>/delivery")
@visited_by(REGISTRARS)
def index(visit: EventVisit) -> Answer:
    """Show counts by delegation and a filtered list; coordinators see their own delegation."""
    address = public_address()
    session, event, own = visit.session, visit.event, visit.own_delegation
    page = page_by_delivery(session, event, _asked_people(visit), asked_turn(), PAGE_SIZE)
    lines = delivery_by_delegation(session, event, own, seen_at=visit.seen_at)
    counts = sum((line.counts for line in lines), Counter[Delivery]())
    return visit.show(
        "mail/delivery.html",
        lines=lines,
        progress=progress_with(session, event, visit.now, counts),
        now=sending_now(visit),
        people=page.people,
        page=page,
        deliveries=list(Delivery),
        word=delivery_word,
        filters=filter_words(),
        chosen=request.args.get("state", "unreached"),
        delegation_id=_asked_delegation(visit),
        printed=request.args.get("printed", ""),
        refusals=mail_refusals(),
        channels=_channels(visit),
        channel_word=channel_word,
        address=address,
        opened_at=opened_elsewhere(session, address.url),
        timezone=event.timezone,
        back=this_address(),
    )


@bp.get("/events/<slug>/delivery/progress")
@visited_by(REGISTRARS)
def progress(visit: EventVisit) -> Answer:
    """Return the counts, the rate and the time left as JSON."""
    now = sending_now(visit)
    progress = progress_of(visit.session, visit.event, visit.now, visit.own_delegation)
    counts = {str(one): progress.counts[one] for one in Delivery}
    pace = {"rate": progress.rate, "left_s": progress.left_s if now.is_leaving else None}
    return json_response({"counts": counts, **pace, **now.body()})


@bp.post("/events/<slug>/delivery/people.csv")
@visited_by(REGISTRARS)
def people_csv(visit: EventVisit) -> Answer:
    """Write the filtered list with phone numbers, as a spreadsheet."""
    chosen = _asked_people(visit)
    return ask_for(
        visit,
        DELIVERY_LIST,
        wanted=sorted(chosen.wanted),
        delegation_id=chosen.delegation_id,
        printed=chosen.printed,
        by_coordinator=visit.by_coordinator,
        language=visit.language,
    )


@bp.get("/events/<slug>/delivery/people.csv")
@visited_by(REGISTRARS)
def people_form(visit: EventVisit) -> Answer:
    """Lead an old link to the page that has the form."""
    return _redirect_to_delivery(visit)


@bp.post("/events/<slug>/delivery/resend")
@visited_by(REGISTRARS)
def send_again(visit: EventVisit) -> Answer:
    """Queue the badges of the selected people again."""
    chosen, own = request.form.getlist("participant", type=row_number), visit.own_delegation
    count = visit.write(lambda v: resend(v.session, v.event, chosen, delegation_id=own, **v.who))
    flash(ngettext("%(num)s message waits to be sent.", "%(num)s messages wait to be sent.", count))
    return _redirect_to_delivery(visit)


@bp.post("/events/<slug>/delivery/send")
@visited_by(STAFF)
def send(visit: EventVisit) -> Answer:
    """Start to send all messages that are queued, unless that is under way."""
    mail_sender()  # refused at once, where the address is one that nobody else understands
    visit.write(
        lambda v: start_sending(v.session, v.keys, v.event, endpoint="delivery.send", **v.who)
    )
    visit.server.wake_worker()
    return _redirect_to_delivery(visit)


@bp.post("/events/<slug>/delivery/test")
@visited_by(STAFF)
def send_to_me(visit: EventVisit) -> Answer:
    """Send the message with an invented badge to the operator's own address, before all others."""
    send_test(visit, Previewed(visit.event.language))
    return _redirect_to_delivery(visit)


@bp.post("/events/<slug>/delivery/cancel")
@visited_by(STAFF)
def cancel(visit: EventVisit) -> Answer:
    """End the sending, whoever has started it; what has not left stays queued."""
    visit.write(lambda v: end_sending(v.session, v.event, **v.who))
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


@dataclass(frozen=True, slots=True)
class _Channels:
    """The channels of the visit's event.

    Attributes:
        in_order: their names; "" where there is nothing but e-mail.
        by_telephone: whether a telephone's number is enough to be written to.
        sent: how many were sent their badge by which.
        going_on: how many are written to by a further one when badges are sent.
        stops: why some were stopped, and what their gateways said.
    """

    in_order: str = ""
    by_telephone: bool = False
    sent: list[tuple[str, int]] = field(default_factory=list)
    going_on: int = 0
    stops: list[tuple[str, str]] = field(default_factory=list)


def _channels(visit: EventVisit) -> _Channels:
    session, event = visit.session, visit.event
    reach = channels_of(session, event)
    if reach.is_by_mail_alone:
        return _Channels()
    sent = sent_by_channel(session, event, visit.own_delegation, seen_at=visit.seen_at)
    return _Channels(
        in_order=channels_words(reach.tried),
        by_telephone=reach.by_telephone,
        sent=[(channel_word(one), sent[one]) for one in reach.tried],
        going_on=left_to_go_on(session, event, visit.now) if visit.own_delegation is None else 0,
        stops=stop_sentences(channel_settings(session).stops),
    )


def _redirect_to_delivery(visit: EventVisit) -> Answer:
    kept = {name: request.args.get(name) for name in ("state", "delegation", "printed")}
    return redirect(visit.address("delivery.index", **kept))


def _asked_people(visit: EventVisit) -> Chosen:
    asked = (_asked_deliveries(), _asked_delegation(visit), _asked_printed())
    return Chosen(*asked, seen_at=visit.seen_at)


def _asked_delegation(visit: EventVisit) -> int | None:
    own = visit.own_delegation
    return own if own is not None else request.args.get("delegation", type=row_number)


def _asked_printed() -> bool | None:
    return {"yes": True, "no": False}.get(request.args.get("printed", ""))


def _asked_deliveries() -> frozenset[Delivery]:
    asked = request.args.get("state", "unreached")
    if asked == "all":
        return frozenset(Delivery)
    return frozenset({Delivery(asked)}) if asked in set(Delivery) else UNREACHED
