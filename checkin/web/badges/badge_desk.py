"""One participant's badge at a desk: print it, share it, replace it, take it away."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import cast, get_args
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from badges.pdf import Design, single_badge_pdf
from checkin.db.engine import in_transaction
from checkin.db.models import Event
from checkin.domain.people.fields import ShownIn, shown_in
from checkin.domain.scanning.verdict import RegistrationStatus
from checkin.errors import InvalidRequest, NotFound
from checkin.services.accounts.own_delegation import own_delegation
from checkin.services.badges.issue import reissue_badge, revoke_badge
from checkin.services.badges.page import page_address, page_secret
from checkin.services.badges.printing import DeskBadge, desk_badge, print_badge, system_printer
from checkin.services.badges.specs import badge_specs
from checkin.services.events.look import look_of
from checkin.services.events.visibility import visible_event
from checkin.services.network.public_address import PublicAddress
from checkin.web.site.addresses import this_address
from checkin.web.site.errors import register_page_errors
from checkin.web.site.outgoing import address_refusal, public_address
from checkin.web.site.sessions import current_operator
from checkin.web.site.sharing import Sharing, sharing_of
from checkin.web.site.state import database, marhaba

bp = APIBlueprint("badge_desk", __name__, enable_openapi=False)
register_page_errors(bp)

_LONGEST_REASON = 200


@bp.get("/events/<slug>/participants/<int:participant_id>")
def show(slug: str, participant_id: int) -> ResponseReturnValue:
    """Show a participant, their badge, and what can be done with it."""
    with database().read() as session:
        event, desk = _desk(session, slug, participant_id)
    address = public_address()
    return render_template(
        "people/participant.html",
        event=event,
        desk=desk,
        person=desk.participant,
        fields=shown_in(ShownIn.PAGE),
        sharing=_sharing(desk, address),
        page_here=_page_here(desk),
        refusal=address_refusal(address),
        back=this_address(),
        design=marhaba().settings.print_design,
        printer=system_printer(marhaba().settings.printer),
        said=request.args.get("said"),
    )


@bp.get("/events/<slug>/participants/<int:participant_id>/badge.pdf")
def open_pdf(slug: str, participant_id: int) -> ResponseReturnValue:
    """Return the badge as the participant gets it by e-mail: an A4 page to print at home."""
    with database().read() as session:
        event, desk = _desk(session, slug, participant_id)
        specs = badge_specs(session, event, marhaba().keys, participant_ids=[participant_id])
        look = look_of(session, event)
    if desk.badge is None or not specs:
        raise NotFound("this badge was revoked")
    return _pdf(single_badge_pdf(specs[0], look=look))


@bp.post("/events/<slug>/participants/<int:participant_id>/print")
def print_one(slug: str, participant_id: int) -> ResponseReturnValue:
    """Print the badge on the server's printer; without one, open it in the browser."""
    operator, settings = current_operator(), marhaba().settings
    printed = print_badge(
        database(),
        partial(visible_event, operator=operator, slug=slug),
        participant_id,
        keys=marhaba().keys,
        printer=system_printer(settings.printer),
        design=_design(request.form.get("design", settings.print_design)),
        now=datetime.now(UTC),
        own_delegation=own_delegation(operator),
        operator_id=operator.id,
    )
    return _pdf(printed.pdf) if printed.printer is None else _back(slug, participant_id, "printed")


@bp.post("/events/<slug>/participants/<int:participant_id>/reissue")
def reissue(slug: str, participant_id: int) -> ResponseReturnValue:
    """Replace the badge: the old code is refused from now on."""

    def work(session: Session) -> None:
        event, desk = _desk(session, slug, participant_id)
        reissue_badge(
            session,
            event,
            desk.participant.id,
            keys=marhaba().keys,
            reason=_reason(),
            now=datetime.now(UTC),
            operator_id=current_operator().id,
            of_issue=request.form.get("issue", type=int),
        )

    in_transaction(database(), work)
    return _back(slug, participant_id, "reissued")


@bp.post("/events/<slug>/participants/<int:participant_id>/revoke")
def revoke(slug: str, participant_id: int) -> ResponseReturnValue:
    """Take the badge away without giving another."""

    def work(session: Session) -> None:
        event, desk = _desk(session, slug, participant_id)
        revoke_badge(
            session,
            event,
            desk.participant.id,
            reason=_reason(),
            now=datetime.now(UTC),
            operator_id=current_operator().id,
        )

    in_transaction(database(), work)
    return _back(slug, participant_id, "revoked")


def _desk(session: Session, slug: str, participant_id: int) -> tuple[Event, DeskBadge]:
    operator = current_operator()
    event = visible_event(session, operator, slug)
    return event, desk_badge(session, event, participant_id, own_delegation(operator))


def _sharing(desk: DeskBadge, address: PublicAddress) -> Sharing | None:
    """Return the links to send; none where the badge opens nothing, or they would lead nowhere."""
    badge_id = _opening_badge(desk)
    if badge_id is None or address.is_only_here:
        return None
    page = page_address(marhaba().keys, address.url, badge_id)
    return sharing_of(desk.participant, page)


def _page_here(desk: DeskBadge) -> str:
    """Return the badge's page under the address that this browser uses."""
    badge_id = _opening_badge(desk)
    if badge_id is None:
        return ""
    return url_for("badge_page.show", secret=page_secret(marhaba().keys, badge_id))


def _opening_badge(desk: DeskBadge) -> UUID | None:
    confirmed = desk.participant.standing == RegistrationStatus.CONFIRMED
    return desk.badge.id if desk.badge is not None and confirmed else None


def _reason() -> str:
    return request.form.get("reason", "").strip()[:_LONGEST_REASON] or "not said"


def _design(text: str) -> Design:
    if text not in get_args(Design):
        raise InvalidRequest("choose one of the designs")
    return cast(Design, text)


def _pdf(content: bytes) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="badge.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _back(slug: str, participant_id: int, said: str) -> ResponseReturnValue:
    address = url_for("badge_desk.show", slug=slug, participant_id=participant_id, said=said)
    return redirect(address, 303)
