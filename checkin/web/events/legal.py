"""The page of an event's legal documents, and the pack as PDF, made at once: it takes 0.1 s."""

from __future__ import annotations

from flask import Response
from flask_babel import force_locale
from flask_babel import gettext as _

from badges.legal.facts import Both, Count, Erasure
from badges.legal.pack import legal_pack_pdf
from badges.message import Notice
from checkin.protocol.time_zones import in_time_zone
from checkin.services.badges.wallets import Wallet
from checkin.services.lifecycle.legal_pack import legal_facts, missing_of
from checkin.services.lifecycle.purge import Receipt, receipt_of
from checkin.services.mail.letters import notice_of
from checkin.web.events.receipt_words import receipt_lines
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.get("/events/<slug>/legal")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """Say what the legal pack holds, and what the settings lack for it."""
    names = _names_of_missing()
    missing = [names[code] for code in missing_of(visit.session, visit.event)]
    return visit.show("events/legal.html", missing=missing)


@bp.get("/events/<slug>/legal/pack.pdf")
@visited_by(STAFF)
def pack(visit: EventVisit) -> Answer:
    """Return the legal pack as of now; it names no participant."""
    event = visit.event
    with visit.server.database.snapshot() as session:
        facts = legal_facts(
            session,
            event,
            _notice(visit),
            recipients=_recipients(visit),
            erasure=_erasure(receipt_of(session, event), event.timezone),
            now=visit.now,
        )
    response = Response(legal_pack_pdf(facts), content_type="application/pdf")
    # The same name for every event: that of a sensitive one stands in no file's name.
    response.headers["Content-Disposition"] = 'attachment; filename="dossier-legal.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _notice(visit: EventVisit) -> Notice:
    return notice_of(visit.event, visit.server.settings.shown_sender(visit.session))


def _recipients(visit: EventVisit) -> list[tuple[str, str]]:
    server = visit.server.settings.mail(visit.session).server
    # As before the event: afterwards nobody is offered it any more, but Google has been told.
    offered = visit.server.wallets.offered(visit.event, visit.event.starts_at)
    return [
        *([("mail", server.host)] if server else []),
        *([("google", "")] if Wallet.GOOGLE in offered else []),
    ]


def _erasure(receipt: Receipt | None, timezone: str) -> Erasure | None:
    if receipt is None:
        return None
    with force_locale("fr"):
        french = receipt_lines(receipt)
    with force_locale("ar"):
        arabic = receipt_lines(receipt)
    lines = [
        Count(Both(fr, ar), count) for (fr, count), (ar, _count) in zip(french, arabic, strict=True)
    ]
    return Erasure(in_time_zone(receipt.purged_at, timezone), lines, receipt.devices)


def _names_of_missing() -> dict[str, str]:
    return {
        "organiser": _("Who answers for the personal data"),
        "organiser_address": _("Their postal address"),
        "contact": _("How to reach them"),
        "cndp_number": _("Number at the CNDP"),
        "name_ar": _("Name in Arabic"),
        "venue_ar": _("Venue in Arabic"),
        "categories_ar": _("The Arabic name of a category"),
    }
