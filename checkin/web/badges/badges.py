"""The page of one participant's badge: print it, share it, reissue it, revoke it."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Response, make_response, redirect, request

from badges.pdf import single_badge_pdf
from checkin.db.models import Participant
from checkin.domain.people.fields import ShownIn, shown_in
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import Conflict, NotFound
from checkin.services.badges.issue import reissue_badge, revoke_badge
from checkin.services.badges.page import page_address, page_secret
from checkin.services.badges.printing import DeskBadge, desk_badge, print_badge, system_printer
from checkin.services.badges.specs import badge_specs
from checkin.services.events.look import look_of
from checkin.services.mail.delivery_report import resend
from checkin.services.mail.sending_job import start_telling
from checkin.services.network.public_address import PublicAddress
from checkin.services.people.registering.blocking import block_of
from checkin.services.people.timeline import Timeline, timeline_of
from checkin.services.scanning.merging import records_merged_into
from checkin.web.badges.sharing import Sharing, sharing_of
from checkin.web.badges.timeline_words import lines_of
from checkin.web.site.addressing.addresses import this_address
from checkin.web.site.addressing.outgoing import (
    address_refusal,
    is_told,
    mail_refusals,
    public_address,
)
from checkin.web.site.designs import asked_design
from checkin.web.site.permissions import may_use
from checkin.web.site.visits import NAMES, REGISTRARS, Answer, EventVisit, pages, visited_by

bp = pages(__name__)

_LONGEST_REASON = 200
#: of a timeline; nobody turns so many pages
_MOST_PAGES = 1000


@bp.get("/events/<slug>/participants/<int:participant_id>")
@visited_by(NAMES)
def show(visit: EventVisit, participant_id: int) -> Answer:
    """Show a participant and their badge, with the actions that are possible."""
    address, settings = public_address(), visit.server.settings
    desk = _desk(visit, participant_id)
    if desk.participant.merged_into is not None:
        return redirect(visit.address("merging.show", participant_id=participant_id))
    timeline = _timeline(visit, desk)
    return visit.show(
        "people/participant.html",
        desk=desk,
        merged=records_merged_into(visit.session, desk.participant),
        person=desk.participant,
        fields=shown_in(ShownIn.PAGE),
        reserve_from=visit.reserve_from,
        blocked=block_of(visit.session, desk.participant),
        sharing=_sharing(visit, desk, address),
        page_here=_page_here(visit, desk),
        refusal=address_refusal(address),
        back=this_address(),
        design=settings.print_design,
        printer=system_printer(settings.printer),
        said=request.args.get("said"),
        timeline=timeline,
        lines=lines_of(timeline.items, visit.language),
    )


@bp.get("/events/<slug>/participants/<int:participant_id>/badge.pdf")
@visited_by(NAMES)
def open_pdf(visit: EventVisit, participant_id: int) -> Answer:
    """Return the badge as the participant gets it by e-mail: an A4 page to print at home."""
    session, event, desk = visit.session, visit.event, _desk(visit, participant_id)
    specs = badge_specs(session, event, visit.keys, participant_ids=[participant_id])
    if desk.badge is None or not specs:
        raise NotFound("this badge was revoked")
    return _pdf(single_badge_pdf(specs[0], look=look_of(session, event)))


@bp.post("/events/<slug>/participants/<int:participant_id>/print")
@visited_by(NAMES)
def print_one(visit: EventVisit, participant_id: int) -> Answer:
    """Print the badge on the server's printer; without one, open it in the browser."""
    settings = visit.server.settings
    printed = print_badge(
        visit.server.database,
        lambda session: visit.within(session).event,
        participant_id,
        keys=visit.keys,
        printer=system_printer(settings.printer),
        design=asked_design(settings.print_design),
        own_delegation=visit.own_delegation,
        **visit.who,
    )
    return (
        _pdf(printed.pdf)
        if printed.printer is None
        else _redirect_to_badge(visit, participant_id, "printed")
    )


@bp.post("/events/<slug>/participants/<int:participant_id>/resend")
@visited_by(REGISTRARS)
def send_again(visit: EventVisit, participant_id: int) -> Answer:
    """Queue the e-mail with the badge once more."""
    sent = visit.write(partial(_send_again, participant_id=participant_id))
    return _redirect_to_badge(visit, participant_id, "resent" if sent else "not_resent")


@bp.post("/events/<slug>/participants/<int:participant_id>/reissue")
@visited_by(NAMES)
def reissue(visit: EventVisit, participant_id: int) -> Answer:
    """Reissue the badge: the old code is refused from now on."""
    may_send = not mail_refusals()
    visit.write(partial(_reissue, participant_id=participant_id, may_send=may_send))
    visit.server.wake_worker()
    return _redirect_to_badge(visit, participant_id, "reissued")


@bp.post("/events/<slug>/participants/<int:participant_id>/revoke")
@visited_by(REGISTRARS)
def revoke(visit: EventVisit, participant_id: int) -> Answer:
    """Revoke the badge without issuing another."""
    visit.write(partial(_revoke, participant_id=participant_id))
    return _redirect_to_badge(visit, participant_id, "revoked")


def _send_again(visit: EventVisit, *, participant_id: int) -> bool:
    session, event, own = visit.session, visit.event, visit.own_delegation
    person = _given_out(visit, participant_id)
    return bool(resend(session, event, [person.id], delegation_id=own, **visit.who))


def _reissue(visit: EventVisit, participant_id: int, *, may_send: bool) -> None:
    reissued = reissue_badge(
        visit.session,
        visit.event,
        _given_out(visit, participant_id).id,
        keys=visit.keys,
        reason=_reason(),
        of_issue=request.form.get("issue", type=int),
        is_told=is_told(),
        **visit.who,
    )
    if reissued.told and may_send:
        endpoint = request.endpoint or ""
        start_telling(visit.session, visit.keys, visit.event, endpoint=endpoint, **visit.who)


def _revoke(visit: EventVisit, participant_id: int) -> None:
    person = _given_out(visit, participant_id)
    revoke_badge(visit.session, visit.event, person.id, reason=_reason(), **visit.who)


def _desk(visit: EventVisit, participant_id: int) -> DeskBadge:
    return desk_badge(visit.session, visit.event, participant_id, visit.own_delegation, visit.now)


def _given_out(visit: EventVisit, participant_id: int) -> Participant:
    """Return a participant whose badge may be changed now.

    Raises:
        Conflict: it is not given out yet.
    """
    desk = _desk(visit, participant_id)
    if desk.is_withheld:
        raise Conflict("this badge is not given out yet: wait some minutes")
    return desk.participant


def _timeline(visit: EventVisit, desk: DeskBadge) -> Timeline:
    """Return the page of the timeline that is asked for; who sees no gates sees no scans either."""
    number = min(max(request.args.get("timeline", 1, int), 1), _MOST_PAGES)
    gates = may_use(visit.operator, "board.show")
    badges = not desk.is_withheld
    return timeline_of(visit.session, desk.participant, number=number, gates=gates, badges=badges)


def _sharing(visit: EventVisit, desk: DeskBadge, address: PublicAddress) -> Sharing | None:
    """Return the links that share the badge; None if it is not valid or no address may leave."""
    badge_id = _opening_badge(desk)
    if badge_id is None or address.is_only_here:
        return None
    page = page_address(visit.keys, address.url, badge_id)
    sees_contacts = may_use(visit.operator, "participants.edit")
    return sharing_of(desk.participant, page, numbered=sees_contacts)


def _page_here(visit: EventVisit, desk: DeskBadge) -> str:
    """Return the badge's page under the address that this browser uses."""
    badge_id = _opening_badge(desk)
    if badge_id is None:
        return ""
    return visit.address("badge_page.show", secret=page_secret(visit.keys, badge_id))


def _opening_badge(desk: DeskBadge) -> UUID | None:
    confirmed = desk.participant.standing == RegistrationStatus.CONFIRMED
    return desk.badge.id if desk.badge is not None and confirmed else None


def _reason() -> str:
    return request.form.get("reason", "").strip()[:_LONGEST_REASON] or "not said"


def _pdf(content: bytes) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="badge.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _redirect_to_badge(visit: EventVisit, participant_id: int, said: str) -> Answer:
    address = visit.address("badges.show", participant_id=participant_id, said=said)
    return redirect(address, 303)
