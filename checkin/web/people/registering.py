"""What the participants' pages ask of the registration service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Category, Event, Participant
from checkin.domain.common.problems import Problem
from checkin.domain.people.fields import AskedIn, asked_in
from checkin.domain.people.registration import Registration, validate
from checkin.errors import InvalidRequest, NotFound, PossibleDuplicate
from checkin.services.accounts.own_delegation import own_delegation
from checkin.services.events.visibility import visible_event
from checkin.services.people.delegations import visible_delegation
from checkin.services.people.registration import (
    Registered,
    RegistrationSource,
    cancel,
    edit,
    register,
    reinstate,
)
from checkin.services.people.search import participant_by_id
from checkin.web.site.languages import page_language
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba


@dataclass(frozen=True)
class Attempt:
    """One filled-in form and what came of it.

    Attributes:
        values: the fields as they were sent, to fill the form in again.
        problems: a sentence by field.
        duplicate: someone may be the same person; only the operator can tell.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    duplicate: bool = False
    registered: Registered | None = None
    saved: bool = False
    name: str = ""


def register_one(slug: str, values: Mapping[str, str], *, now: datetime) -> Attempt:
    """Register the participant that a form describes.

    Raises:
        NotFound: the event, or a delegation or category that the operator may use, is not there.
    """
    checked = validate({**values, "delegation": values.get("delegation", "")})
    if not isinstance(checked, Registration):
        return Attempt(values, _sentences(checked))
    try:
        registered = _register(slug, checked, now)
    except PossibleDuplicate:
        return Attempt(values, duplicate=True)
    return Attempt(registered=registered, name=checked.name or checked.name_ar or "")


def cancel_one(slug: str, participant_id: int, *, now: datetime) -> None:
    """Cancel a participant whom the operator may see.

    Raises:
        NotFound: there is none with this number, or it is another delegation's.
    """
    _change(slug, participant_id, cancel, now)


def reinstate_one(slug: str, participant_id: int, *, now: datetime) -> None:
    """Undo the cancellation of a participant whom the operator may see.

    Raises:
        NotFound: there is none with this number, or it is another delegation's.
    """
    _change(slug, participant_id, reinstate, now)


def edit_one(
    slug: str, participant_id: int, values: Mapping[str, str], *, now: datetime
) -> Attempt:
    """Correct a participant whom the operator may see; the delegation stays.

    Raises:
        NotFound: there is none with this number, or it is another delegation's.
    """
    # A registration names its delegation; nobody moves by being corrected.
    checked = validate({**values, "delegation": "–"})
    if not isinstance(checked, Registration):
        return Attempt(values, _sentences(checked))
    operator = current_operator()

    def work(session: Session) -> None:
        event = visible_event(session, operator, slug)
        person_of(session, event, participant_id)
        category_id = _category(session, event, checked.category).id
        edit(
            session,
            event,
            participant_id,
            checked,
            category_id=category_id,
            now=now,
            operator_id=operator.id,
        )

    try:
        in_transaction(database(), work)
    except PossibleDuplicate:
        return Attempt(values, duplicate=True)
    return Attempt(values, saved=True)


def person_of(session: Session, event: Event, participant_id: int) -> Participant:
    """Return a participant whom the operator may see.

    Raises:
        NotFound: there is none with this number, or it is another delegation's.
    """
    own = own_delegation(current_operator())
    return participant_by_id(session, event, participant_id, own)


def values_of(person: Participant) -> dict[str, str]:
    """Return what a form about a participant is filled with."""
    columns = {field.key: field.column for field in asked_in(AskedIn.EDIT) if field.column}
    return {key: str(getattr(person, column) or "") for key, column in columns.items()}


def _change(slug: str, participant_id: int, change: Callable[..., object], now: datetime) -> None:
    operator = current_operator()

    def work(session: Session) -> int:
        event = visible_event(session, operator, slug)
        person_of(session, event, participant_id)
        change(session, event, participant_id, now=now, operator_id=operator.id)
        return event.id

    marhaba().live.nudge(in_transaction(database(), work))


def _register(slug: str, wanted: Registration, now: datetime) -> Registered:
    operator = current_operator()

    def work(session: Session) -> tuple[int, Registered]:
        event = visible_event(session, operator, slug)
        delegation = visible_delegation(session, operator, event, _number(wanted.delegation))
        registered = register(
            session,
            event,
            wanted,
            delegation_id=delegation.id,
            category_id=_category(session, event, wanted.category).id,
            source=RegistrationSource.FORM,
            keys=marhaba().keys,
            now=now,
            operator_id=operator.id,
        )
        return event.id, registered

    event_id, registered = in_transaction(database(), work)
    marhaba().live.nudge(event_id)
    return registered


def _category(session: Session, event: Event, chosen: str | None) -> Category:
    category = session.get(Category, _number(chosen or ""))
    if category is None or category.event_id != event.id:
        raise NotFound("there is no such category")
    return category


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidRequest("choose one of the list")
    return int(text)


def _sentences(problems: list[Problem]) -> dict[str, str]:
    language = page_language()
    return {problem.column: problem.sentence(language) for problem in problems}
