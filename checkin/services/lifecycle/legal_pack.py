"""Read what the legal pack of an event says: its settings, and counts of its people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from badges.legal.facts import AgreedText, Both, Count, Erasure, Informed, LegalFacts
from badges.legal.sentences import MISSING
from badges.message import Notice
from checkin.db.models import (
    Application,
    Badge,
    BusPassenger,
    Consent,
    ConsentText,
    Delegation,
    Device,
    Event,
    Message,
    MessageState,
    Operator,
    Participant,
    Role,
    Scan,
)
from checkin.domain.channels.reach import Channel
from checkin.domain.people.fields import FIELDS, AskedIn
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.protocol.time_zones import in_time_zone
from checkin.services.events.events import categories_of
from checkin.services.people.registering.public_registration import privacy_notice
from checkin.services.people.registering.registration import RegistrationSource

_IS_REGISTERED = Participant.standing != RegistrationStatus.CANCELED


def missing_of(session: Session, event: Event) -> list[str]:
    """Return the codes of what an event's settings lack for its legal pack, in its order."""
    named = all(one.name_ar for one in categories_of(session, event))
    known = {name: getattr(event, name, None) for name in MISSING} | {"categories_ar": named}
    return [name for name, value in known.items() if not value]


def legal_facts(
    session: Session,
    event: Event,
    notice: Notice,
    *,
    recipients: Sequence[tuple[str, str]],
    erasure: Erasure | None,
    now: datetime,
) -> LegalFacts:
    """Return the facts of an event that its legal pack tells.

    Args:
        session: from `Database.snapshot`, so that the counts agree.
        recipients: who else gets data, as `LegalFacts` has them.
        erasure: the receipt of the purge, if there was one.
    """
    on_its_clock = partial(in_time_zone, name=event.timezone)
    return LegalFacts(
        event=_both(event.name, event.name_ar),
        venue=_both(event.venue, event.venue_ar),
        starts_at=on_its_clock(event.starts_at),
        ends_at=on_its_clock(event.ends_at),
        erased_by=on_its_clock(event.ends_at + timedelta(days=event.retention_days)),
        printed_at=on_its_clock(now),
        retention_days=event.retention_days,
        organiser=event.organiser,
        address=event.organiser_address,
        contact=event.contact,
        cndp_number=event.cndp_number,
        is_sensitive=event.sensitive,
        missing=missing_of(session, event),
        notice=_shown_notice(session, event, notice),
        agreed_texts=_agreed_texts(session, event),
        informed=_informed(session, event),
        applications=_count(session, select(Application.id).where(_of(Application, event))),
        categories=_categories(session, event),
        fields=_fields(session, event),
        passages=_passages(session, event),
        sources=_sources(session, event),
        roles=_roles(session, event),
        recipients=recipients,
        erasure=erasure,
    )


def _both(fr: str, ar: str | None) -> Both:
    return Both(fr, ar or fr)


def _of(table: Any, event: Event) -> ColumnElement[bool]:
    column: ColumnElement[bool] = table.event_id == event.id
    return column


def _count(session: Session, rows: Select[Any]) -> int:
    return session.scalars(select(func.count()).select_from(rows.subquery())).one()


def _people(event: Event, *conditions: ColumnElement[bool]) -> Select[Any]:
    return select(Participant.id).where(_of(Participant, event), _IS_REGISTERED, *conditions)


def _shown_notice(session: Session, event: Event, notice: Notice) -> Both:
    texts = (privacy_notice(session, event, None, notice, of).text for of in ("fr", "ar"))
    return Both(*texts)


def _agreed_texts(session: Session, event: Event) -> list[AgreedText]:
    rows = session.execute(
        select(ConsentText, func.count(Consent.participant_id))
        .join(Consent, Consent.text_id == ConsentText.id)
        .where(_of(Consent, event))
        .group_by(ConsentText.id)
        .order_by(ConsentText.first_used_at, ConsentText.id)
    )
    return [
        AgreedText(one.language, one.text, in_time_zone(one.first_used_at, event.timezone), agreed)
        for one, agreed in rows
    ]


def _informed(session: Session, event: Event) -> Informed:
    agreed = exists().where(Consent.participant_id == Participant.id)
    mailed = exists().where(
        Message.participant_id == Participant.id,
        # A message to a telephone is too short for the notice.
        Message.channel == Channel.EMAIL,
        Message.state == MessageState.SENT,
    )
    return Informed(
        people=_count(session, _people(event)),
        agreed=_count(session, _people(event, agreed)),
        mailed=_count(session, _people(event, mailed)),
        neither=_count(session, _people(event, ~or_(agreed, mailed))),
    )


def _categories(session: Session, event: Event) -> list[Count]:
    people = _by(session, event, Participant.category_id)
    return [
        Count(_both(one.name, one.name_ar), people.get(one.id, 0))
        for one in categories_of(session, event)
    ]


def _sources(session: Session, event: Event) -> list[tuple[str, int]]:
    people = _by(session, event, Participant.registered_by)
    return [(one.value, people.get(one.value, 0)) for one in RegistrationSource]


def _by(session: Session, event: Event, column: InstrumentedAttribute[Any]) -> Mapping[Any, int]:
    registered = select(column, func.count()).where(_of(Participant, event), _IS_REGISTERED)
    return {row[0]: row[1] for row in session.execute(registered.group_by(column))}


def _fields(session: Session, event: Event) -> list[Count]:
    """Return the fields with the number of people of whom they are known.

    Those that people fill in themselves are there from the beginning, the others once known.
    """
    kept = [one for one in FIELDS if one.column]
    known = (func.count(_unless_empty(getattr(Participant, str(one.column)))) for one in kept)
    row = session.execute(select(*known).where(_of(Participant, event), _IS_REGISTERED)).one()
    return [
        Count(Both(one.label("fr"), one.label("ar")), count)
        for one, count in zip(kept, row, strict=True)
        if count or AskedIn.LINK in one.input.asked_in
    ]


def _unless_empty(column: InstrumentedAttribute[Any]) -> Any:
    return func.nullif(column, "") if column.type.python_type is str else column


def _passages(session: Session, event: Event) -> list[tuple[str, int]]:
    opened = select(Badge.id).where(_of(Badge, event), Badge.opened_at.is_not(None))
    sent = select(Message.id).where(_of(Message, event), Message.state == MessageState.SENT)
    return [
        ("scans", _count(session, select(Scan.id).where(_of(Scan, event)))),
        ("openings", _count(session, opened)),
        ("messages", _count(session, sent)),
        ("seats", _count(session, select(BusPassenger.bus_id).where(_of(BusPassenger, event)))),
    ]


def _roles(session: Session, event: Event) -> list[tuple[str, int]]:
    """Return the accounts that see something of the event, by role, and its paired devices."""
    in_event = select(Delegation.id).where(_of(Delegation, event))
    rows = session.execute(
        select(Operator.role, func.count())
        .where(
            Operator.disabled_at.is_(None),
            or_(Operator.delegation_id.is_(None), Operator.delegation_id.in_(in_event)),
        )
        .group_by(Operator.role)
    )
    accounts = {row[0]: row[1] for row in rows}
    paired = select(Device.id).where(_of(Device, event), Device.revoked_at.is_(None))
    devices = _count(session, paired)
    return [*((one.value, accounts.get(one.value, 0)) for one in Role), ("device", devices)]
