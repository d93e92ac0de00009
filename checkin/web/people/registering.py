"""Use cases of the participants' pages: forms to the registration services, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request
from flask_babel import gettext as _

from checkin.db.models import Category, Participant
from checkin.domain.common.form_marks import Overtaken
from checkin.domain.common.problems import FieldProblem, Problem
from checkin.domain.messages.kinds import KIND_OF_MOVE, MessageKind
from checkin.domain.people.fields import AskedIn, asked_in
from checkin.domain.people.place_decisions import Arrival
from checkin.domain.people.registration import NOT_ASKED, Registration, validate
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import InvalidRequest, NotFound, PossibleDuplicate
from checkin.services.mail.sending_job import start_telling
from checkin.services.people.badge_messages import tell
from checkin.services.people.delegations import visible_delegation
from checkin.services.people.moved_arrivals import arrival_of
from checkin.services.people.registering.blocking import block, unblock
from checkin.services.people.registering.registration import (
    Registered,
    RegistrationSource,
    cancel,
    edit,
    register,
    reinstate,
)
from checkin.services.people.search import participant_by_id
from checkin.web.site.addressing.outgoing import mail_refusals
from checkin.web.site.doubts import doubt_of
from checkin.web.site.shared_forms import FormOvertaken, refuse_overtaken
from checkin.web.site.visits import EventVisit
from checkin.words.problems import problem_sentence


@dataclass(frozen=True)
class Attempt:
    """A form about a participant as it was sent, and its result.

    Attributes:
        values: the fields as they were sent, to fill the form in again.
        problems: a sentence by field.
        duplicate: a registered person who may be the same, which only the operator can tell.
        overtaken: what somebody else has changed since the form was shown.
        doubted: an e-mail address that looks mistyped, which only its writer can tell; "" if none.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    duplicate: bool = False
    registered: Registered | None = None
    saved: bool = False
    name: str = ""
    overtaken: Overtaken | None = None
    doubted: str = ""

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows the form again."""
        if self.saved:
            return 200
        return 409 if self.duplicate or self.overtaken else 400


def register_one(visit: EventVisit, values: Mapping[str, str]) -> Attempt:
    """Register the participant that a form describes.

    Raises:
        NotFound: there is no such delegation or category that the operator may use.
    """
    checked = validate({**values, "delegation": values.get("delegation", "")})
    if not isinstance(checked, Registration):
        return Attempt(values, _sentences(visit, checked))
    if doubt := doubt_of(checked.email, values):
        return Attempt(values, _sentences(visit, [doubt]), doubted=doubt.value)
    may_send = not mail_refusals()
    is_told = values.get("tell") == "yes"
    try:
        registered = visit.write(
            lambda v: _register(v, checked, is_told=is_told, may_send=may_send)
        )
    except PossibleDuplicate:
        return Attempt(values, duplicate=True)
    except FieldProblem as fault:
        return Attempt(values, _sentences(visit, [fault.problem]))
    visit.nudge()
    return Attempt(registered=registered, name=checked.name or checked.name_ar or "")


def cancel_one(visit: EventVisit, participant_id: int, *, is_told: bool) -> Arrival:
    """Cancel a participant whom the operator may see, and return whether they have arrived.

    Args:
        is_told: whether they are told by e-mail.

    Raises:
        NotFound: there is none with this number, or it is another delegation's.
    """
    may_send = not mail_refusals()
    arrival = visit.write(lambda v: _cancel(v, participant_id, is_told=is_told, may_send=may_send))
    visit.server.wake_worker()
    visit.nudge()
    return arrival


def reinstate_one(visit: EventVisit, participant_id: int, *, is_told: bool) -> str:
    """Undo the cancellation of a participant whom the operator may see.

    Args:
        is_told: whether they are told by e-mail that they have a place, or wait for one.

    Returns:
        Why it was refused; "" if it was not.

    Raises:
        NotFound: there is none with this number, or it is another delegation's.
    """
    may_send = not mail_refusals()
    try:
        visit.write(lambda v: _reinstate(v, participant_id, is_told=is_told, may_send=may_send))
    except FieldProblem as fault:
        return problem_sentence(fault.problem, visit.language)
    visit.server.wake_worker()
    visit.nudge()
    return ""


def block_one(visit: EventVisit, participant_id: int, reason: str) -> None:
    """Block a participant: every gate refuses them from now on.

    Raises:
        InvalidRequest: no reason is given.
        NotFound: there is none with this number.
    """
    visit.write(lambda v: block(v.session, v.event, participant_id, reason=reason, **v.who))
    visit.nudge()


def unblock_one(visit: EventVisit, participant_id: int) -> None:
    """Unblock a participant, so that the gates admit them again.

    Raises:
        NotFound: there is none with this number.
    """
    visit.write(lambda v: unblock(v.session, v.event, participant_id, **v.who))
    visit.nudge()


def edit_one(visit: EventVisit, participant_id: int, values: Mapping[str, str]) -> Attempt:
    """Correct a participant whom the operator may see, and move them if that is chosen.

    Whoever is moved is told by e-mail if the form says so.

    Raises:
        NotFound: there is none with this number, or it is another delegation's; or the operator may
            not use the chosen delegation.
    """
    checked = validate({**values, "delegation": values.get("delegation") or NOT_ASKED})
    if not isinstance(checked, Registration):
        return Attempt(values, _sentences(visit, checked))
    before = person_of(visit, participant_id).email
    if checked.email != before and (doubt := doubt_of(checked.email, values)):
        return Attempt(values, _sentences(visit, [doubt]), doubted=doubt.value)
    may_send, is_told = not mail_refusals(), values.get("tell") == "yes"

    def work(within: EventVisit) -> None:
        refuse_overtaken(within, values, lambda v: values_of(person_of(v, participant_id)))
        _edit(within, participant_id, checked, is_told=is_told, may_send=may_send)

    try:
        visit.write(work)
    except PossibleDuplicate:
        return Attempt(values, duplicate=True)
    except FieldProblem as fault:
        return Attempt(values, _sentences(visit, [fault.problem]))
    except FormOvertaken as fault:
        return Attempt(fault.form.values, overtaken=fault.form)
    visit.server.wake_worker()
    visit.nudge()
    return Attempt(values, saved=True)


def person_of(visit: EventVisit, participant_id: int) -> Participant:
    """Return a participant whom the operator may see.

    Raises:
        NotFound: there is none with this number, or it is another delegation's.
    """
    return participant_by_id(visit.session, visit.event, participant_id, visit.own_delegation)


def values_of(person: Participant) -> dict[str, str]:
    """Return the values with which a form about a participant is filled in."""
    columns = {field.key: field.column for field in asked_in(AskedIn.EDIT) if field.column}
    return {key: str(getattr(person, column) or "") for key, column in columns.items()}


def mail_wishes() -> list[tuple[object, str]]:
    """Return each choice about e-mails to a participant: what forms send, and its words."""
    return [
        ("", _("The badge and messages are e-mailed")),
        ("True", _("Nothing is e-mailed")),
    ]


def _register(
    visit: EventVisit, wanted: Registration, *, is_told: bool, may_send: bool
) -> Registered:
    session, event, number = visit.session, visit.event, _number(wanted.delegation)
    delegation = visible_delegation(session, visit.operator, event, number)
    registered = register(
        session,
        event,
        wanted,
        delegation_id=delegation.id,
        category_id=_category(visit, wanted.category).id,
        source=RegistrationSource.FORM,
        keys=visit.keys,
        alone=visit.by_coordinator,
        **visit.who,
    )
    # Whoever has a place is sent their badge in any case.
    waits = registered.standing is RegistrationStatus.RESERVE
    kind = MessageKind.RESERVE if is_told and waits else None
    if _tell(visit, registered.participant_id, kind) and may_send:
        _start_telling(visit)
    return registered


def _cancel(visit: EventVisit, participant_id: int, *, is_told: bool, may_send: bool) -> Arrival:
    person = person_of(visit, participant_id)
    was_canceled = person.standing == RegistrationStatus.CANCELED
    moved_up = cancel(visit.session, visit.event, person.id, **visit.who)
    kind = MessageKind.CANCELED if is_told and not was_canceled else None
    told = _tell(visit, person.id, kind)
    if may_send and (told or moved_up):
        _start_telling(visit)
    return arrival_of(visit.session, person.id)


def _reinstate(visit: EventVisit, participant_id: int, *, is_told: bool, may_send: bool) -> None:
    person = person_of(visit, participant_id)
    was_canceled = person.standing == RegistrationStatus.CANCELED
    standing = reinstate(visit.session, visit.event, person.id, **visit.who)
    kind = _KIND_OF.get(standing) if is_told and was_canceled else None
    if _tell(visit, person.id, kind) and may_send:
        _start_telling(visit)


#: what somebody is told who is registered again, by their registration
_KIND_OF: Mapping[RegistrationStatus, MessageKind] = {
    RegistrationStatus.CONFIRMED: MessageKind.CONFIRMED,
    RegistrationStatus.RESERVE: MessageKind.RESERVE,
}


def _tell(visit: EventVisit, participant_id: int, kind: MessageKind | None) -> bool:
    return kind is not None and bool(
        tell(visit.session, visit.event, participant_id, kind, visit.now)
    )


def _start_telling(visit: EventVisit) -> None:
    endpoint = request.endpoint or ""
    start_telling(visit.session, visit.keys, visit.event, endpoint=endpoint, **visit.who)


def _edit(
    visit: EventVisit, participant_id: int, wanted: Registration, *, is_told: bool, may_send: bool
) -> None:
    person = person_of(visit, participant_id)
    changed = edit(
        visit.session,
        visit.event,
        person.id,
        wanted,
        category_id=_category(visit, wanted.category).id,
        delegation_id=_delegation_chosen(visit, wanted.delegation),
        alone=visit.by_coordinator,
        **visit.who,
    )
    is_moved = is_told and "delegation_id" in changed
    kind = KIND_OF_MOVE.get(person.standing) if is_moved else None
    if _tell(visit, person.id, kind) and may_send:
        _start_telling(visit)


def _delegation_chosen(visit: EventVisit, chosen: str) -> int | None:
    if chosen == NOT_ASKED:
        return None
    return visible_delegation(visit.session, visit.operator, visit.event, _number(chosen)).id


def _category(visit: EventVisit, chosen: str | None) -> Category:
    if not chosen:
        raise FieldProblem("category", "missing_category", "")
    category = visit.session.get(Category, _number(chosen or ""))
    if category is None or category.event_id != visit.event.id:
        raise NotFound("there is no such category")
    return category


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidRequest("choose one of the list")
    return int(text)


def _sentences(visit: EventVisit, problems: list[Problem]) -> dict[str, str]:
    return {problem.column: problem_sentence(problem, visit.language) for problem in problems}
