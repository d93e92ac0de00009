"""The page on which a coordinator sends badges from their own telephone, one after the other."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.db.models import SharedBy
from checkin.errors import Conflict
from checkin.services.badges.page import page_address
from checkin.services.channels.badge_requests import finding_address
from checkin.services.channels.outreach import (
    Audience,
    counts_of,
    mark_shared,
    next_people,
    shared_people,
    unmark_shared,
    without_number,
)
from checkin.web.badges.sharing import sharing_of
from checkin.web.site.addressing.addresses import this_address
from checkin.web.site.addressing.outgoing import address_refusal, public_address
from checkin.web.site.numbers import row_number
from checkin.web.site.visits import REGISTRARS, Answer, DelegationVisit, pages, visited_by

bp = pages(__name__)

#: the one who is shown, and who comes then
SHOWN_NEXT = 6


@bp.get("/events/<slug>/delegations/<int:delegation_id>/telephone")
@visited_by(REGISTRARS)
def show(visit: DelegationVisit) -> Answer:
    """Show whose badge is to be sent now, who is next, and who was sent theirs by whom."""
    audience, address = _audience(visit), public_address()
    after = request.args.get("after", type=row_number)
    coming = next_people(visit.session, visit.event, audience, limit=SHOWN_NEXT, after=after)
    first = coming[0] if coming and not address.is_only_here else None
    link = page_address(visit.keys, address.url, first.badge_id) if first else ""
    return visit.show(
        "channels/outreach.html",
        counts=counts_of(visit.session, visit.event, audience),
        everybody=audience.everybody,
        first=first,
        sharing=sharing_of(first.person, link) if first else None,
        coming=coming[1:],
        skipped=without_number(visit.session, visit.event, audience),
        shared=shared_people(visit.session, visit.event, visit.delegation),
        refusal=address_refusal(address),
        finding=_finding(visit),
        back=this_address(),
    )


@bp.post("/events/<slug>/delegations/<int:delegation_id>/telephone/<int:participant_id>")
@visited_by(REGISTRARS)
def mark(visit: DelegationVisit, participant_id: int) -> Answer:
    """Write down that somebody was sent their badge, and go on to the next."""
    badge_id, by = _chosen()
    if badge_id is None:
        return redirect(_here(visit), 303)
    try:
        visit.write(
            lambda v: mark_shared(v.session, v.delegation, participant_id, badge_id, by, **v.who)
        )
    except Conflict:
        flash(_("This badge was replaced meanwhile: send the new one."))
    return redirect(_here(visit), 303)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/telephone/<int:participant_id>/undo")
@visited_by(REGISTRARS)
def unmark(visit: DelegationVisit, participant_id: int) -> Answer:
    """Take a mark back: they are to be sent their badge again."""
    visit.write(lambda v: unmark_shared(v.session, v.delegation, participant_id, **v.who))
    return redirect(_here(visit), 303)


def _audience(visit: DelegationVisit) -> Audience:
    return Audience(visit.delegation, request.args.get("show") == "all", visit.seen_at)


def _here(visit: DelegationVisit) -> str:
    everybody = "all" if request.args.get("show") == "all" else None
    return visit.address("outreach.show", show=everybody)


def _chosen() -> tuple[UUID | None, SharedBy]:
    """Return the badge whose link was opened, and how it was sent."""
    try:
        badge_id = UUID(request.form.get("badge", ""))
        return badge_id, SharedBy(request.form.get("by", ""))
    except ValueError:
        return None, SharedBy.WHATSAPP


def _finding(visit: DelegationVisit) -> str:
    """Return the address of the page where people ask for their badge; "" if there is none."""
    address = public_address()
    if not visit.event.finds_badges or address.is_only_here or visit.now >= visit.event.ends_at:
        return ""
    return finding_address(visit.keys, address.url, visit.event.id)
