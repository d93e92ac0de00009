"""Afternoons on which the office registers, moves, cancels and changes quotas between the scans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, Participant
from checkin.domain.people.quotas import KeptPlaces
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import MarhabaError
from checkin.services.common.list_version import next_list_version
from checkin.services.people.delegations import came_in
from checkin.services.people.quotas import keep_places
from checkin.services.people.registering.enrolment import Enrolment, enrol
from checkin.services.people.registering.registration import (
    Registered,
    cancel,
    move_to_delegation,
    reinstate,
)
from tests.simulation.world import Person, World
from tests.support import factories

SHARE = 0.3
#: no schedule registers more: a place for each would never be tight
MOST = 16


class Office(World):
    """A random afternoon; every few steps somebody in the office changes the registrations."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.chance = Random(f"office {self.seed}")
        self.registered = 0

    def _step(self) -> None:
        if self.chance.random() >= SHARE:
            super()._step()
            return
        works: list[tuple[Callable[[], None], int]] = [
            (lambda: self._list(1), 4),
            (lambda: self._list(self.chance.randint(2, 5)), 3),
            (self._cancel_or_reinstate, 4),
            (self._move, 3),
            (self._change_quota, 1),
            (self._keep_places, 1),
        ]
        self.chance.choices([work for work, _ in works], [weight for _, weight in works])[0]()
        self.watch()

    def _list(self, count: int) -> None:
        """Register people as a form or a list does."""
        if self.registered + count > MOST:
            return
        delegation = self.chance.choice(self.delegations)
        names = [f"Salma {self.registered + n}" for n in range(count)]
        self.registered += count
        for person in self._write(lambda session: self._enrol(session, delegation, names)):
            self._know(person)

    def _enrol(
        self, session: Session, delegation: Delegation, names: list[str]
    ) -> list[Registered]:
        category = factories.a_category(self.server.database, self.event)
        people = [
            Enrolment(
                Registration(name=name, delegation=delegation.name), delegation.id, category.id
            )
            for name in names
        ]
        version = next_list_version(session, self.event.id)
        rows = enrol(
            session,
            self.event,
            people,
            source="import",
            keys=factories.KEYS,
            version=version,
            now=self.time.now,
        )
        return [
            Registered(row["id"], badge["id"], row["standing"], row["reserve_no"])
            for row, badge in rows
        ]

    def _cancel_or_reinstate(self) -> None:
        work = reinstate if self.chance.random() < 0.5 else cancel
        person = self._anybody()
        if work is reinstate:
            self.may_wait_again.add(person.participant_id)
        self._write(
            lambda session: work(session, self.event, person.participant_id, now=self.time.now)
        )

    def _move(self) -> None:
        person, delegation = self._anybody(), self.chance.choice(self.delegations)

        def work(session: Session) -> None:
            version = next_list_version(session, self.event.id)
            row = session.get_one(Participant, person.participant_id)
            move_to_delegation(session, self.event, row, delegation.id, version, self.time.now)
            if row.standing == RegistrationStatus.RESERVE:
                self.may_wait_again.add(person.participant_id)

        self._write(work)

    def _change_quota(self) -> None:
        delegation = self.chance.choice(self.delegations)
        quota, before = self.chance.randint(4, 12), self.quotas[delegation.id]
        try:
            self.set_quota(delegation, quota)
        except MarhabaError:  # more places are taken: nothing was changed
            self.quotas[delegation.id] = before

    def _keep_places(self) -> None:
        delegation = self.chance.choice(self.delegations)
        kept = self.chance.choice((KeptPlaces(), KeptPlaces(places=3), KeptPlaces(percent=30)))
        self._write(lambda s: keep_places(s, self.event, delegation.id, kept, now=self.time.now))

    def _write(self, work: Callable[[Session], Any]) -> Any:
        """Do it in one transaction, and see whether a newcomer has overtaken somebody."""

        def watched(session: Session) -> Any:
            before = _standings(session, self.event)
            made = work(session)
            session.flush()
            self.seen += _overtaken(before, _standings(session, self.event))
            return made

        try:
            return factories.write(self.server.database, watched)
        except MarhabaError:  # refused, and nothing was changed
            return []

    def _anybody(self) -> Person:
        return self.chance.choice(self.people)


@dataclass(frozen=True)
class _Stands:
    """How somebody stands; `number` is None for who does not wait in the delegation."""

    delegation_id: int
    confirmed: bool
    number: int | None


def _standings(session: Session, event: Event) -> dict[int, _Stands]:
    """Return how everybody stands who has not come in: who has uses a place already."""
    query = select(Participant).where(Participant.event_id == event.id, ~exists().where(came_in()))
    return {
        one.id: _Stands(
            one.delegation_id, one.standing == RegistrationStatus.CONFIRMED, one.reserve_no
        )
        for one in session.scalars(query)
    }


def _overtaken(before: dict[int, _Stands], after: dict[int, _Stands]) -> Iterator[str]:
    """Yield who was confirmed although somebody waits who was before them."""
    for participant_id, stands in after.items():
        was = before.get(participant_id)
        if not stands.confirmed or was == stands:
            continue
        waited = was is not None and was.delegation_id == stands.delegation_id
        number = (was.number if was and waited else None) or float("inf")
        for other_id, other in after.items():
            waits = other.number is not None and before.get(other_id) == other
            if waits and other.delegation_id == stands.delegation_id and other.number < number:
                yield f"{participant_id} overtook {other_id}, who waits"
