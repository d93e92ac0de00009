"""The page of a delegation's badges: sheets to print, and links to send one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, request

from checkin.services.badges.issue import working_badges
from checkin.services.badges.page import page_address
from checkin.services.limits.rules import SHEETS
from checkin.services.mail.delivery_report import (
    UNREACHED,
    Chosen,
    Delivery,
    Reached,
    delivery_by_delegation,
    page_by_delivery,
)
from checkin.services.network.public_address import PublicAddress
from checkin.services.people.registering.unchecked import is_withheld_from
from checkin.web.badges.sharing import Sharing, sharing_of
from checkin.web.jobs.asking import ask_for
from checkin.web.mail.delivery_words import delivery_word
from checkin.web.site.addressing.addresses import asked_turn, this_address
from checkin.web.site.addressing.outgoing import address_refusal, public_address
from checkin.web.site.designs import asked_design
from checkin.web.site.refusals.limits import by_operator, limited
from checkin.web.site.visits import REGISTRARS, Answer, DelegationVisit, pages, visited_by
from checkin.worker.work.badge_pictures import BADGE_PICTURES
from checkin.worker.work.badge_sheets import BADGE_SHEETS

bp = pages(__name__)

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Holder:
    """A confirmed person with the links that share their badge.

    Attributes:
        sharing: None where the badge is revoked, or the server has no address for others.
        is_withheld: the badge is not given out yet.
    """

    reached: Reached
    sharing: Sharing | None
    is_withheld: bool


@bp.get("/events/<slug>/delegations/<int:delegation_id>/badges")
@visited_by(REGISTRARS)
def show(visit: DelegationVisit) -> Answer:
    """Show the people without a badge yet, or with ?show=all everybody, with links to share."""
    address = public_address()
    everybody = request.args.get("show") == "all"
    wanted = frozenset(Delivery) if everybody else UNREACHED
    chosen = Chosen(wanted, visit.delegation.id, seen_at=visit.seen_at)
    page = page_by_delivery(visit.session, visit.event, chosen, asked_turn(), PAGE_SIZE)
    of = visit.delegation.id
    [line] = delivery_by_delegation(visit.session, visit.event, of, seen_at=visit.seen_at)
    return visit.show(
        "badges/delegation_badges.html",
        holders=_holders(visit, page.people, address),
        refusal=address_refusal(address),
        back=this_address(),
        line=line,
        unreached=sum(line.counts[one] for one in UNREACHED),
        everybody=everybody,
        page=page,
        word=delivery_word,
    )


@bp.post("/events/<slug>/delegations/<int:delegation_id>/badges.pdf")
@limited(SHEETS, by_operator)
@visited_by(REGISTRARS)
def sheets(visit: DelegationVisit) -> Answer:
    """Draw sheets with the badges of all confirmed people, to be printed and cut."""
    return ask_for(visit, BADGE_SHEETS, design=asked_design())


@bp.post("/events/<slug>/delegations/<int:delegation_id>/badges.zip")
@limited(SHEETS, by_operator)
@visited_by(REGISTRARS)
def pictures(visit: DelegationVisit) -> Answer:
    """Draw a picture of each confirmed person's badge, named by person, into one ZIP."""
    return ask_for(visit, BADGE_PICTURES)


@bp.get("/events/<slug>/delegations/<int:delegation_id>/badges.pdf")
@visited_by(REGISTRARS)
def sheets_form(visit: DelegationVisit) -> Answer:
    """Lead an old link to the form."""
    return redirect(visit.address("delegation_badges.show"), 303)


def _holders(
    visit: DelegationVisit, people: Sequence[Reached], address: PublicAddress
) -> list[Holder]:
    found = working_badges(visit.session, [one.participant.id for one in people])

    def sharing(one: Reached) -> Sharing | None:
        badge_id = found.get(one.participant.id)
        if badge_id is None or address.is_only_here:
            return None
        return sharing_of(one.participant, page_address(visit.keys, address.url, badge_id))

    def holder(one: Reached) -> Holder:
        withheld = is_withheld_from(one.participant, visit.own_delegation, visit.now)
        return Holder(one, None if withheld else sharing(one), withheld)

    return [holder(one) for one in people]
