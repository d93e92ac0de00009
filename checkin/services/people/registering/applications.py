"""Applications by a delegation's registration link, and the coordinator's decision on them.

Every applicant gets the same answer, whether or not they are registered already, so that the link
reveals nobody's registration. An application that may be a duplicate within the delegation waits
for the coordinator; one that may be somebody of another delegation is to be checked by an
organiser, and looks to the coordinator like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from checkin.db.models import Application, Delegation, Event, Participant, SelfRegistration
from checkin.domain.people.fields import APPLIED
from checkin.domain.people.registration import Registration
from checkin.errors import Conflict, PossibleDuplicate
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.common.list_version import next_list_version
from checkin.services.people.registering.duplicates import Twin, twin_of
from checkin.services.people.registering.giving_out import IS_TO_BE_GIVEN_OUT, count_to_give_out
from checkin.services.people.registering.public_registration import (
    PrivacyNotice,
    RegistrationLink,
    keep_text,
    record_consent,
)
from checkin.services.people.registering.registration import RegistrationSource, register

#: columns of a person, and what they hold
Told = Mapping[str, str | None]
#: a flood of inventions ends here; a coordinator decides on some, and the link works again
MOST_WAITING = 2_000
#: so many of one name, e-mail or telephone wait; more are inventions, and are not kept
MOST_ALIKE = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application that waits for the coordinator's decision.

    Attributes:
        twin: the registered participant who may be the same person; None where there is none.
    """

    application: Application
    twin: Twin | None


def apply_by_link(
    session: Session,
    link: RegistrationLink,
    registration: Registration,
    notice: PrivacyNotice,
    *,
    keys: Keys,
    now: datetime,
    too_often: bool = False,
) -> None:
    """Register an applicant, or let the application wait for the coordinator.

    Either counts as waiting until somebody has looked at it, so that a full list is refused to
    everybody alike. What was sent before is kept once.

    Args:
        too_often: this e-mail or telephone number has applied too many times: the application
            waits for the coordinator, and no e-mail is sent.

    Raises:
        Conflict: too many people wait already.
    """
    next_list_version(session, link.event.id)  # two of one name apply one after the other
    of = link.delegation
    if count_waiting(session, of) + count_to_give_out(session, of) >= MOST_WAITING:
        raise Conflict("too many people wait for a decision: try again later")
    if _applied_before(session, of, registration):
        return
    text_id = keep_text(session, notice, now)
    if link.settings.approval or too_often:
        _insert_application(session, link, registration, text_id, now)
        return
    try:
        registered = register(
            session,
            link.event,
            registration,
            delegation_id=link.delegation.id,
            category_id=link.settings.category_id,
            source=RegistrationSource.LINK,
            keys=keys,
            now=now,
            alone=True,
            badge_waits=True,
        )
    except PossibleDuplicate:
        _insert_application(session, link, registration, text_id, now)
        return
    record_consent(session, link.event.id, registered.participant_id, text_id, now)


def waiting_applications(
    session: Session, delegation: Delegation, limit: int, *, alone: bool
) -> list[Waiting]:
    """Return a delegation's applications that wait for a decision, the oldest first.

    Args:
        alone: they are shown to somebody who may know only this delegation's people.
    """
    rows = session.scalars(
        select(Application)
        .where(Application.delegation_id == delegation.id)
        .order_by(Application.id)
        .limit(limit)
    )
    return [
        Waiting(row, twin_of(session, row.event_id, delegation.id, _registration(row), alone=alone))
        for row in rows
    ]


def count_waiting(session: Session, delegation: Delegation) -> int:
    """Return how many of a delegation's applications wait for a decision."""
    return session.scalars(
        select(func.count()).where(Application.delegation_id == delegation.id)
    ).one()


def decide_on(
    session: Session,
    event: Event,
    delegation: Delegation,
    application_ids: Sequence[int],
    *,
    approved: bool,
    keys: Keys,
    now: datetime,
    operator_id: int | None = None,
    alone: bool = False,
) -> int:
    """Approve or reject a delegation's applications with these ids.

    Approving registers the applicants, also a possible duplicate, because whoever decides has seen
    that it is one; rejecting erases what they sent. Applications decided meanwhile are left out.

    Args:
        alone: whoever decides may know only this delegation's people; see `register`.

    Returns:
        How many applications were decided.
    """
    next_list_version(session, event.id)  # two coordinators decide one after the other
    found = session.scalars(
        select(Application)
        .where(Application.delegation_id == delegation.id, Application.id.in_(application_ids))
        .order_by(Application.id)
    ).all()
    for application in found:
        if approved:
            _approve(session, event, delegation, application, keys, now, operator_id, alone)
        else:
            _note_rejection(session, application, now, operator_id)
        session.delete(application)
    session.flush()
    return len(found)


def _approve(
    session: Session,
    event: Event,
    delegation: Delegation,
    application: Application,
    keys: Keys,
    now: datetime,
    operator_id: int | None,
    alone: bool,
) -> None:
    registered = register(
        session,
        event,
        _registration(application, allow_duplicate=True),
        delegation_id=delegation.id,
        category_id=session.get_one(SelfRegistration, delegation.id).category_id,
        source=RegistrationSource.LINK,
        keys=keys,
        now=now,
        operator_id=operator_id,
        alone=alone,
    )
    record_consent(
        session,
        event.id,
        registered.participant_id,
        application.consent_text_id,
        application.applied_at,
    )


def _note_rejection(
    session: Session, application: Application, now: datetime, operator_id: int | None
) -> None:
    note(
        session,
        application.event_id,
        "application.reject",
        now,
        operator_id=operator_id,
        delegation_id=application.delegation_id,
        application_id=application.id,
    )


def _insert_application(
    session: Session,
    link: RegistrationLink,
    registration: Registration,
    text_id: str,
    now: datetime,
) -> None:
    told = {key: getattr(registration, key) for key in APPLIED}
    told["language"] = registration.language or link.event.language
    application = Application(
        event_id=link.event.id,
        delegation_id=link.delegation.id,
        applied_at=now,
        consent_text_id=text_id,
        **told,
    )
    session.add(application)
    session.flush()


def _applied_before(session: Session, delegation: Delegation, sent: Registration) -> bool:
    """Say whether this very application waits, or as many of this name or contact as may."""
    contacts: list[Told] = [{key: contact} for key, contact in sent.contacts()]
    if any(_is_full(session, delegation, of) for of in (_name(sent), *contacts)):
        return True
    return any(_waiting_with(session, delegation, {**_name(sent), **one}) for one in contacts)


def _is_full(session: Session, delegation: Delegation, told: Told) -> bool:
    return _waiting_with(session, delegation, told) >= MOST_ALIKE


def _name(sent: Registration) -> Told:
    return {"name": sent.name, "name_ar": sent.name_ar}


def _waiting_with(session: Session, delegation: Delegation, told: Told) -> int:
    """Count who waits with these details: for a decision, or for the badge to be given out."""
    kinds = (Application, true()), (Participant, IS_TO_BE_GIVEN_OUT)
    return sum(
        session.scalars(
            select(func.count(model.id)).where(
                model.delegation_id == delegation.id,
                waits,
                *(getattr(model, key).is_not_distinct_from(told[key]) for key in told),
            )
        ).one()
        for model, waits in kinds
    )


def _registration(found: Application, *, allow_duplicate: bool = False) -> Registration:
    told = {key: getattr(found, key) for key in APPLIED}
    return Registration(delegation="", allow_duplicate=allow_duplicate, **told)
