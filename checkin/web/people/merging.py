"""The pages on which two records of one person are merged, and that is taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import redirect, request
from flask_babel import gettext as _

from checkin.db.models import Category, Delegation, Operator, Participant
from checkin.domain.people.fields import Field
from checkin.domain.people.merging import COMPARED, filled_in
from checkin.domain.people.selection import Selection
from checkin.errors import Conflict, InvalidRequest, MergedAway, PlaceGone
from checkin.services.people.registering.unchecked import is_withheld_from
from checkin.services.people.search import people_alike, people_found
from checkin.services.scanning.merging import (
    MergePlan,
    Wish,
    merge_plan,
    merge_records,
    parting_plan,
    take_merge_back,
)
from checkin.web.people.listing import address_of, asked_text
from checkin.web.people.registering import mail_wishes, person_of
from checkin.web.site.languages import both_names
from checkin.web.site.visits import NAMES, REGISTRARS, Answer, EventVisit, pages, visited_by
from checkin.words.languages import LANGUAGES

bp = pages(__name__)

MAX_REASON = 200
#: of what somebody searches for, in letters
MAX_SOUGHT = 120


@dataclass(frozen=True)
class Compared:
    """A field of two records side by side.

    Attributes:
        kept, other: what is shown of each, "" where it is not known.
        from_other: whether the other's value is chosen.
    """

    field: Field
    kept: str
    other: str
    from_other: bool


@bp.get("/events/<slug>/participants/<int:participant_id>/merge")
@visited_by(REGISTRARS)
def search(visit: EventVisit, participant_id: int) -> Answer:
    """Show whose record may be another one of a person, or who was searched for."""
    person, text = person_of(visit, participant_id), asked_text(visit).strip()[:MAX_SOUGHT]
    if person.merged_into is not None:
        return redirect(_result(visit, participant_id))
    found, too_short = _found(visit, person, text)
    return visit.show(
        "people/merge_search.html", person=person, text=text, found=found, too_short=too_short
    )


@bp.post("/events/<slug>/participants/<int:participant_id>/merge")
@visited_by(REGISTRARS)
def find(visit: EventVisit, participant_id: int) -> Answer:
    """Search for the other record by a name, an e-mail or a phone, which no address tells."""
    person_of(visit, participant_id)
    sought = Selection(text=request.form.get("q", "").strip()[:MAX_SOUGHT])
    there = visit.address(
        "merging.search", participant_id=participant_id, **address_of(visit, sought)
    )
    return redirect(there, 303)


@bp.get("/events/<slug>/participants/<int:participant_id>/merge/<int:other_id>")
@visited_by(REGISTRARS)
def compare(visit: EventVisit, participant_id: int, other_id: int) -> Answer:
    """Show two records side by side, with what merging them would do."""
    try:
        return _comparison(visit, participant_id, other_id)
    except MergedAway:
        return _where_merged(visit, participant_id, other_id)


@bp.post("/events/<slug>/participants/<int:participant_id>/merge/<int:other_id>")
@visited_by(REGISTRARS)
def merge(visit: EventVisit, participant_id: int, other_id: int) -> Answer:
    """Merge two records as the form says, or show once more what it would do."""
    reason = request.form.get("reason", "").strip()[:MAX_REASON]
    if not reason:
        problem = _("Say in a few words why.")
        return _comparison(visit, participant_id, other_id, problem=problem), 400
    wish = Wish(request.form.get("kept", 0, int), _chosen(), reason)
    try:
        merged = visit.write(lambda v: _merge(v, participant_id, other_id, wish))
    except MergedAway:
        return _where_merged(visit, participant_id, other_id)
    except InvalidRequest:
        problem = _("Keep a name, in one script or the other.")
        return _comparison(visit, participant_id, other_id, problem=problem), 400
    except Conflict:
        problem = _("Somebody came in meanwhile: look at the two once more, then merge.")
        return _comparison(visit, participant_id, other_id, problem=problem), 409
    visit.nudge()
    return redirect(_result(visit, merged, said="merged"), 303)


@bp.get("/events/<slug>/participants/<int:participant_id>/merged")
@visited_by(NAMES)
def show(visit: EventVisit, participant_id: int) -> Answer:
    """Show into whom a record was merged, and what taking that back would do."""
    return _merged_page(visit, participant_id)


@bp.post("/events/<slug>/participants/<int:participant_id>/merged/take-back")
@visited_by(REGISTRARS)
def take_back(visit: EventVisit, participant_id: int) -> Answer:
    """Take a merge back: each of the two is again what it was."""
    try:
        visit.write(lambda v: _take_back(v, participant_id))
    except PlaceGone:
        return _merged_page(visit, participant_id), 409
    visit.nudge()
    address = visit.address("badges.show", participant_id=participant_id, said="unmerged")
    return redirect(address, 303)


def _merge(visit: EventVisit, participant_id: int, other_id: int, wish: Wish) -> int:
    one, two = _two(visit, participant_id, other_id)
    return merge_records(visit.session, visit.event, one.id, two.id, wish, **visit.who)


def _two(visit: EventVisit, one_id: int, two_id: int) -> tuple[Participant, Participant]:
    """Return two participants whom the operator may merge now.

    Raises:
        Conflict: the badge of one is not given out yet, for a newcomer and for whoever is to be
            checked alike: what a merge would do tells them apart.
    """
    one, two = person_of(visit, one_id), person_of(visit, two_id)
    if any(is_withheld_from(person, visit.own_delegation, visit.now) for person in (one, two)):
        raise Conflict("a badge of the two is not given out yet: wait some minutes")
    return one, two


def _take_back(visit: EventVisit, participant_id: int) -> int:
    merged = person_of(visit, participant_id)
    person_of(visit, merged.merged_into or merged.id)  # it is of the operator's delegation, too
    return take_merge_back(visit.session, visit.event, merged.id, **visit.who)


def _found(visit: EventVisit, person: Participant, text: str) -> tuple[object, bool]:
    session, own = visit.session, visit.own_delegation
    if not text:
        return people_alike(session, person, delegation_id=own), False
    try:
        of = visit.event.id
        return people_found(session, of, text, delegation_id=own, besides=person.id), False
    except InvalidRequest:
        return (), True


def _comparison(visit: EventVisit, one_id: int, two_id: int, *, problem: str = "") -> str:
    one, two = _two(visit, one_id, two_id)
    plan = merge_plan(visit.session, visit.event, one.id, two.id, visit.now)
    is_sent = request.method == "POST"
    chosen = _chosen() if is_sent else filled_in(plan.kept, plan.other)
    return visit.show(
        "people/merge.html",
        plan=plan,
        sides=[(plan.kept, plan.merge.kept), (plan.other, plan.merge.other)],
        delegations=_delegations(visit, plan),
        rows=_rows(visit, plan, chosen),
        here=(one_id, two_id),
        problem=problem,
        reason=request.form.get("reason", ""),
    )


def _chosen() -> frozenset[str]:
    return frozenset(one.key for one in COMPARED if request.form.get(one.key) == "other")


def _rows(visit: EventVisit, plan: MergePlan, chosen: Collection[str]) -> list[Compared]:
    return [
        Compared(field, _shown(visit, plan.kept, field), _shown(visit, plan.other, field), is_other)
        for field in COMPARED
        for is_other in (field.key in chosen,)
    ]


def _shown(visit: EventVisit, person: Participant, field: Field) -> str:
    value = getattr(person, field.column or "")
    if field.key == "category":
        return both_names(visit.session.get_one(Category, value))[0]
    if field.key == "language":
        return LANGUAGES[value].own_name
    if field.key == "no_mail":
        return dict(mail_wishes())["True" if value else ""]
    return value or ""


def _delegations(visit: EventVisit, plan: MergePlan) -> Mapping[int, Delegation]:
    numbers = {plan.kept.delegation_id, plan.other.delegation_id}
    return {number: visit.session.get_one(Delegation, number) for number in numbers}


def _merged_page(visit: EventVisit, participant_id: int) -> str:
    merged = person_of(visit, participant_id)
    plan = parting_plan(visit.session, visit.event, merged.id, visit.now)
    person_of(visit, plan.kept.id)
    return visit.show(
        "people/merged.html",
        plan=plan,
        delegation=visit.session.get_one(Delegation, plan.other.delegation_id),
        by=plan.merged.merged_by and visit.session.get_one(Operator, plan.merged.merged_by).name,
        said=request.args.get("said"),
    )


def _where_merged(visit: EventVisit, one_id: int, two_id: int) -> Answer:
    """Lead to the merge of whichever of the two is merged already."""
    people = (person_of(visit, number) for number in (one_id, two_id))
    merged = next((one.id for one in people if one.merged_into is not None), one_id)
    return redirect(_result(visit, merged), 303)


def _result(visit: EventVisit, participant_id: int, said: str | None = None) -> str:
    return visit.address("merging.show", participant_id=participant_id, said=said)
