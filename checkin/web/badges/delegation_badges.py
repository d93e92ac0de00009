"""A delegation's badges: sheets to print, and links to send one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast, get_args

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from badges.pdf import Design, badge_sheets_pdf
from checkin.db.engine import in_transaction
from checkin.db.models import Event
from checkin.errors import InvalidRequest, NotFound
from checkin.services.badges.issue import working_badges
from checkin.services.badges.page import page_address
from checkin.services.badges.specs import badge_specs
from checkin.services.common.activity import note
from checkin.services.events.look import look_of
from checkin.services.limits.rules import SHEETS
from checkin.services.mail.delivery_report import (
    UNREACHED,
    Delivery,
    Reached,
    delivery_by_delegation,
    people_by_delivery,
)
from checkin.services.network.public_address import PublicAddress
from checkin.web.site.addresses import this_address
from checkin.web.site.delivery_words import delivery_word
from checkin.web.site.errors import register_page_errors
from checkin.web.site.event_changes import opened_delegation
from checkin.web.site.limits import by_operator, limited
from checkin.web.site.outgoing import address_refusal, public_address
from checkin.web.site.sessions import current_operator
from checkin.web.site.sharing import Sharing, sharing_of
from checkin.web.site.state import database, marhaba

bp = Blueprint("delegation_badges", __name__)
register_page_errors(bp)

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Holder:
    """One confirmed person with the links that bring them their badge.

    Attributes:
        sharing: None where the badge is revoked, or no link may leave.
    """

    reached: Reached
    sharing: Sharing | None


@bp.get("/events/<slug>/delegations/<int:delegation_id>/badges")
def show(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Show who has no badge yet, or ?show=all, with links to send each theirs."""
    number, address = max(1, request.args.get("page", 1, int)), public_address()
    everybody = request.args.get("show") == "all"
    with database().read() as session:
        event, delegation = opened_delegation(session, slug, delegation_id)
        people = people_by_delivery(
            session,
            event,
            delegation_id=delegation.id,
            wanted=frozenset(Delivery) if everybody else UNREACHED,
            limit=PAGE_SIZE + 1,
            offset=(number - 1) * PAGE_SIZE,
        )
        [line] = delivery_by_delegation(session, event, delegation.id)
        return render_template(
            "badges/delegation_badges.html",
            event=event,
            delegation=delegation,
            holders=_holders(session, people[:PAGE_SIZE], address),
            refusal=address_refusal(address),
            back=this_address(),
            line=line,
            unreached=sum(line.counts[one] for one in UNREACHED),
            everybody=everybody,
            number=number,
            more=len(people) > PAGE_SIZE,
            word=delivery_word,
        )


@bp.get("/events/<slug>/delegations/<int:delegation_id>/badges.pdf")
@limited(SHEETS, by_operator)
def sheets(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Return the badges of everybody confirmed, to be printed and cut."""
    design = _design(request.args.get("design", "sheet"))
    with database().read() as session:
        event, delegation = opened_delegation(session, slug, delegation_id)
        specs = badge_specs(session, event, marhaba().keys, delegation_id=delegation.id)
        look = look_of(session, event)
    if not specs:
        raise NotFound("nobody is confirmed: there is no badge to print")
    pdf = badge_sheets_pdf(specs, design=design, look=look, cover=True)
    _write_down(event, delegation.id, len(specs))
    response = make_response(pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="badges-{delegation.id}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _holders(session: Session, people: list[Reached], address: PublicAddress) -> list[Holder]:
    found = working_badges(session, [one.participant.id for one in people])
    keys, base_url = marhaba().keys, address.url

    def sharing(one: Reached) -> Sharing | None:
        badge_id = found.get(one.participant.id)
        if badge_id is None or address.is_only_here:
            return None
        return sharing_of(one.participant, page_address(keys, base_url, badge_id))

    return [Holder(one, sharing(one)) for one in people]


def _write_down(event: Event, delegation_id: int, badges: int) -> None:
    operator_id, now = current_operator().id, datetime.now(UTC)
    in_transaction(
        database(),
        lambda session: note(
            session,
            event.id,
            "badges.sheets",
            now,
            operator_id=operator_id,
            delegation_id=delegation_id,
            badges=badges,
        ),
    )


def _design(text: str) -> Design:
    if text not in get_args(Design):
        raise InvalidRequest("choose one of the designs")
    return cast(Design, text)
