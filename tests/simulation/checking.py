"""Afternoons on which coordinators register people whom the office has to check."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Badge, Message, Participant
from checkin.domain.people.registration import Registration
from checkin.services.common.list_version import next_list_version
from checkin.services.people.registering.enrolment import Enrolment, enrol
from checkin.services.people.registering.registration import cancel, confirm_checked, reinstate
from tests.simulation.office import Office
from tests.simulation.world import World
from tests.support import factories

SHARE = 0.2


class CheckingOffice(Office):
    """A random afternoon on which some who are registered are to be checked, and some are."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.decisions = Random(f"checking {self.seed}")
        self.unchecked: list[int] = []

    def _step(self) -> None:
        super()._step()
        if self.decisions.random() < SHARE:
            work = self.decisions.choice((self._collide, self._collide, self._decide, self._waver))
            self._write(work)
            self.watch()

    def _collide(self, session: Session) -> None:
        delegation = self.decisions.choice(self.delegations)
        category = factories.a_category(self.server.database, self.event)
        named = Registration(name=f"Zineb {len(self.unchecked)}", delegation=delegation.name)
        [(row, badge)] = enrol(
            session,
            self.event,
            [Enrolment(named, delegation.id, category.id, unchecked=True)],
            source="import",
            keys=factories.KEYS,
            version=next_list_version(session, self.event.id),
            now=self.time.now,
        )
        assert badge is None
        self.unchecked.append(row["id"])

    def _decide(self, session: Session) -> None:
        if self.unchecked:
            number = self.decisions.choice(self.unchecked)
            now, keys = self.time.now, factories.KEYS
            confirm_checked(session, self.event, number, keys=keys, now=now)

    def _waver(self, session: Session) -> None:
        if self.unchecked:
            number, work = self.decisions.choice(self.unchecked), self.decisions.choice(_BOTH)
            work(session, self.event, number, now=self.time.now)


_BOTH = (cancel, reinstate)


def unchecked(world: World) -> Iterator[str]:
    """Whoever is to be checked has no place, no badge, no message, and has not come in."""
    has_something = or_(
        *(
            exists().where(of.participant_id == Participant.id)
            for of in (Badge, Message, Admission)
        ),
        Participant.standing != "canceled",
        Participant.reserve_no.is_not(None),
    )
    wrong = select(Participant.id).where(Participant.unchecked_as.is_not(None), has_something)
    with world.server.database.read() as session:
        for number in session.scalars(wrong):
            yield f"{number} is to be checked, and has something already"
