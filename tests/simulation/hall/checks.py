"""What holds in a hall after everything has met: gates, hubs and the central server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, func, select

from checkin.db.models import (
    Admission,
    ArrivalTally,
    Conflict,
    Delegation,
    Participant,
    Scan,
)
from checkin.domain.scanning.facts import Direction, RegistrationStatus
from checkin.domain.scanning.verdict import Status
from tests.simulation.hall.afternoon import Hall, waiting_at
from tests.simulation.hall.hub import Hub


def broken(hall: Hall) -> list[str]:
    """Return a sentence for each violated invariant; an empty list is a pass."""
    checks = (_met, _nothing_lost, _once, _counts, _quotas, _walk_ins, _alike)
    return [f"{check.__name__.strip('_')}: {what}" for check in checks for what in check(hall)]


def _met(hall: Hall) -> Iterator[str]:
    """Nothing waits any more, and the central server has refused nothing."""
    for hub in hall.hubs:
        if waiting := waiting_at(hub):
            yield f"{hub.name} still has {waiting} to bring: {hub.link.fault}"
        yield from hub.refused
    for gate in hall.gates:
        if gate.unsettled or gate.spool.acknowledged.count_to_offer():
            yield f"{gate.name} still has scans"


def _nothing_lost(hall: Hall) -> Iterator[str]:
    """What was acknowledged to a gate, or is in a hub's log, is in the central log, once."""
    recorded = _scan_ids(hall, hall.server.database)
    for gate in hall.gates:
        aside = {one.scan.scan_id for one in gate.spool.set_aside_list()}
        for one in gate.spool.set_aside_list():
            yield f"{gate.name} has set {one.scan.scan_id} aside: {one.error}"
        for scan_id in sorted(gate.acknowledged_to_it | gate.accepted.keys() - aside):
            if recorded[scan_id] != 1:
                yield f"{scan_id} of {gate.name} is in the log {recorded[scan_id]} times"
    for hub in hall.hubs:
        for scan_id in sorted(_scan_ids(hall, hub.database).keys() - recorded.keys()):
            yield f"{scan_id} of {hub.name} is not in the central log"


def _once(hall: Hall) -> Iterator[str]:
    """Nobody arrives twice; who was let in beyond that is a conflict."""
    for name, database in _databases(hall):
        with database.read() as session:
            rows = session.execute(
                select(Admission.participant_id, func.count())
                .where(_counted(hall), Admission.entry_no == 1)
                .group_by(Admission.participant_id)
                .having(func.count() > 1)
            )
            for participant_id, times in rows:
                yield f"{participant_id} has arrived {times} times at {name}"
    let_in = (Scan.status == Status.OK) | (Scan.decided_status == Status.OK)
    with hall.server.database.read() as session:
        hidden = session.scalars(
            select(Scan.scan_id).where(
                Scan.event_id == hall.event.id,
                Scan.direction == Direction.ENTRY,
                Scan.annulled_at.is_(None),
                let_in,
                ~exists().where(Conflict.scan_pk == Scan.id),
                # Who is read twice in a few seconds is let in twice, and counted once.
                ~exists().where(
                    Admission.participant_id == Scan.participant_id,
                    Admission.annulled_at.is_(None),
                ),
            )
        )
        for scan_id in hidden:
            yield f"{scan_id} let somebody in, and is neither counted nor a conflict"


def _counts(hall: Hall) -> Iterator[str]:
    """The counts are those of the log, everywhere."""
    for name, database in _databases(hall):
        with database.read() as session:
            of = (ArrivalTally.delegation_id, ArrivalTally.gate_id)
            tallied = session.execute(
                select(*of, func.sum(ArrivalTally.arrived), func.sum(ArrivalTally.inside))
                .where(ArrivalTally.event_id == hall.event.id)
                .group_by(*of)
            ).all()
            logged = session.execute(
                select(Admission.delegation_id, Admission.gate_id, func.count())
                .where(_counted(hall), Admission.entry_no == 1)
                .group_by(Admission.delegation_id, Admission.gate_id)
            ).all()
            inside = session.scalar(
                select(func.count()).where(_counted(hall), Admission.exited_at.is_(None))
            )
        counted = {(row[0], row[1]): int(row[2]) for row in tallied if row[2]}
        in_log = {(row[0], row[1]): int(row[2]) for row in logged}
        if counted != in_log:
            yield f"{name} counted {counted}, logged {in_log}"
        if sum(int(row[3]) for row in tallied) != inside:
            yield f"{name} counted {sum(int(row[3]) for row in tallied)} inside, logged {inside}"


def _quotas(hall: Hall) -> Iterator[str]:
    """Who is confirmed stays within the quota, and is counted as such everywhere."""
    for name, database in _databases(hall):
        with database.read() as session:
            rows = session.execute(
                select(
                    *(Delegation.name, Delegation.quota, Delegation.places_taken),
                    func.count(Participant.id),
                )
                .outerjoin(
                    Participant,
                    (Participant.delegation_id == Delegation.id)
                    & (Participant.standing == RegistrationStatus.CONFIRMED),
                )
                .where(Delegation.event_id == hall.event.id)
                .group_by(Delegation.id)
            ).all()
        for delegation, quota, taken, confirmed in rows:
            if confirmed > quota:
                yield f"{delegation} has {confirmed} confirmed of {quota} at {name}"
            if taken != confirmed:
                yield f"{delegation} counts {taken} places, {confirmed} are confirmed at {name}"


def _walk_ins(hall: Hall) -> Iterator[str]:
    """A walk-in is registered once, and has arrived if they were let in."""
    for name, database in _databases(hall):
        with database.read() as session:
            registered = Counter(
                session.scalars(
                    select(Participant.name).where(
                        Participant.event_id == hall.event.id,
                        Participant.standing != RegistrationStatus.CANCELED,
                        Participant.name.startswith("Newcomer"),
                    )
                )
            )
            arrived = set(
                session.scalars(
                    select(Participant.name)
                    .join(Admission, Admission.participant_id == Participant.id)
                    .where(_counted(hall))
                )
            )
        for who, times in registered.items():
            if times > 1:
                yield f"{who} is registered {times} times at {name}"
        undone = {scan_id for gate in hall.gates for scan_id in gate.undone}
        came = {who: scan_id for gate in hall.gates for who, scan_id in gate.came.items()}
        for who, scan_id in came.items():
            if registered[who] == 0:
                yield f"{who} was let in and is registered nowhere at {name}"
            elif scan_id not in undone and who not in arrived:
                yield f"{who} was let in and has not arrived at {name}"


def _alike(hall: Hall) -> Iterator[str]:
    """Everybody knows the same of everybody."""
    there = _known(hall, hall.server.database)
    registered = {int(number) for number, *_ in there["people"]}
    for hub in hall.hubs:
        here = _known(hall, hub.database)
        for what, all_here in here.items():
            ours = all_here
            if hall.put_back:  # whoever a restore has lost is known where they came in
                ours = {one for one in all_here if _number(one) in registered}
            if ours != there[what]:
                more, less = sorted(ours - there[what]), sorted(there[what] - ours)
                yield f"{hub.name} differs in {what}: only there {more}, only at central {less}"


def _number(one: Any) -> int:
    return int(one[0] if isinstance(one, tuple) else one)


def _known(hall: Hall, database: Any) -> dict[str, set[Any]]:
    with database.read() as session:
        people = session.execute(
            select(Participant.id, Participant.name, Participant.standing).where(
                Participant.event_id == hall.event.id
            )
        ).all()
        arrived = session.scalars(
            select(Admission.participant_id).where(_counted(hall), Admission.entry_no == 1)
        ).all()
        inside = session.scalars(
            select(Admission.participant_id).where(_counted(hall), Admission.exited_at.is_(None))
        ).all()
    return {
        "people": {tuple(map(str, one)) for one in people},
        "arrived": set(arrived),
        "inside": set(inside),
    }


def _counted(hall: Hall) -> Any:
    return (Admission.event_id == hall.event.id) & Admission.annulled_at.is_(None)


def _databases(hall: Hall) -> list[tuple[str, Any]]:
    at_hubs: list[Hub] = hall.hubs
    return [("central", hall.server.database), *((hub.name, hub.database) for hub in at_hubs)]


def _scan_ids(hall: Hall, database: Any) -> Counter[str]:
    with database.read() as session:
        found = session.scalars(select(Scan.scan_id).where(Scan.event_id == hall.event.id))
        return Counter(map(str, found))
