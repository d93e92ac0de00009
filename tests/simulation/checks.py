"""Check the documented invariants, by their numbers, at the end of a simulated afternoon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select

from checkin.db.models import Admission, ArrivalTally, Conflict, Scan
from checkin.domain.scanning.facts import Direction, Reentry
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from scanner.core.scan import Kind
from tests.simulation.checking import unchecked
from tests.simulation.laptop import Told
from tests.simulation.limits import limits, moved_up
from tests.simulation.newcomers import newcomers
from tests.simulation.world import World

_LET_IN = (Kind.ADMITTED, Kind.PENDING)


def broken(world: World) -> list[str]:
    """Return a sentence for each violated invariant; an empty list is a pass."""
    checks = (
        _admitted_once,
        _same_answers,
        _nothing_lost,
        newcomers,
        limits,
        moved_up,
        unchecked,
        _counts,
        _same_rules,
        _times,
    )
    return [f"{check.__name__.strip('_')}: {what}" for check in checks for what in check(world)]


def _admitted_once(world: World) -> Iterator[str]:
    """Invariant 1: one person is one arrival, who was let in has arrived, each gate admits once."""
    arrivals = _admissions(world, Admission.participant_id, Admission.entry_no == 1)
    for participant_id, times in Counter(arrivals).items():
        if times > 1:
            yield f"{participant_id} has arrived {times} times"
    undone = {scan_id for gate in world.gates for scan_id in gate.undone}
    for person in world.people:
        let_in = [told for told in _told(world) if _lets_in(told, person.code)]
        taken_back = any(told.verdict.scan.scan_id in undone for told in let_in)
        if let_in and not taken_back and person.participant_id not in arrivals:
            yield f"{person.code} was let in at {let_in[0].gate} and has not arrived"
        for gate in world.gates if world.reentry == Reentry.SINGLE and not taken_back else ():
            times = sum(told.gate == gate.name for told in let_in if told.verdict.participant)
            if times > 1 and not gate.troubled:
                yield f"{person.code} was let in {times} times at {gate.name}"


def _same_answers(world: World) -> Iterator[str]:
    """Invariant 2: a scan_id is recorded once and always gets the same answer."""
    for scan_id, answers in world.log.answers.items():
        if len(set(answers)) > 1:
            yield f"{scan_id} was answered {set(answers)}"


def _nothing_lost(world: World) -> Iterator[str]:
    """Invariant 3: accepted scans are at the server or on a list; only its verdicts are green."""
    recorded = {str(scan_id) for scan_id in _scans(world, Scan.scan_id)}
    for gate in world.gates:
        if gate.unsettled:
            yield f"{gate.name} still has {gate.unsettled} scans"
        aside = {one.scan.scan_id for one in gate.spool.set_aside_list()}
        for scan_id in gate.accepted.keys() - recorded - aside:
            yield f"{gate.name} accepted {scan_id} and it is nowhere"
    for told in _told(world):
        scan_id = told.verdict.scan.scan_id
        if told.verdict.kind in _LET_IN and not told.safe:
            yield f"{scan_id} was {told.verdict.kind} at {told.gate} before it was safe"
    for gate in world.gates:
        for told in gate.told:
            said = gate.connection.delivered.get(told.verdict.scan.scan_id, set())
            if told.verdict.kind == Kind.ADMITTED and Status.OK not in said:
                yield f"{told.verdict.scan.scan_id} was green at {gate.name} without the server"
    for scan_id in _conflicting(world) - _listed(world):
        yield f"{scan_id} is a conflict that its gate does not list"


def _counts(world: World) -> Iterator[str]:
    """Invariant 5: the live counts are the log's."""
    tallied = Counter(dict(_tallies(world)))
    logged = Counter(_admissions(world, Admission.gate_id, Admission.entry_no == 1))
    if +tallied != +logged:
        yield f"counted {dict(tallied)}, logged {dict(logged)}"


def _same_rules(world: World) -> Iterator[str]:
    """Invariant 6: a gate refuses whom its stored list stops, and knows the people on it."""
    for told in _told(world):
        person = world.person_by_code(told.verdict.scan.code)
        if not told.verdict.offline or person is None or told.cursor == 0:
            continue
        stopped = person.stopped_at is not None and person.stopped_at <= told.cursor
        if stopped and _lets_in(told, person.code):
            yield f"{person.code} was let in at {told.gate} though its list said no"
        if told.verdict.reason == Reason.INVALID and person.listed_at <= told.cursor:
            yield f"{person.code} was a stranger at {told.gate} though on its list"


def _times(world: World) -> Iterator[str]:
    """Invariant 7: a scan that waited is dated when it was read."""
    corrected = dict(_scan_times(world))
    for gate in world.gates:
        for scan_id in (corrected.keys() & gate.measured) - world.log.late:
            off_s = abs((corrected[scan_id] - gate.accepted[scan_id]).total_seconds())
            if off_s > 2:
                yield f"{scan_id} of {gate.name} is {off_s:.0f} s off"


def _listed(world: World) -> set[str]:
    return {one.scan_id for gate in world.gates for one in gate.spool.contradicted()}


def _told(world: World) -> list[Told]:
    return [told for gate in world.gates for told in gate.told]


def _lets_in(told: Told, code: str) -> bool:
    scan = told.verdict.scan
    return scan.code == code and scan.type == Direction.ENTRY and told.verdict.kind in _LET_IN


def _admissions(world: World, column: object, *where: object) -> list[object]:
    query = select(column).where(
        Admission.event_id == world.event.id, Admission.annulled_at.is_(None), *where
    )
    with world.server.database.read() as session:
        return list(session.scalars(query))


def _scans(world: World, column: object) -> list[object]:
    with world.server.database.read() as session:
        return list(session.scalars(select(column).where(Scan.event_id == world.event.id)))


def _scan_times(world: World) -> list[tuple[str, object]]:
    query = select(Scan.scan_id, Scan.corrected_at).where(Scan.event_id == world.event.id)
    with world.server.database.read() as session:
        return [(str(scan_id), at) for scan_id, at in session.execute(query)]


def _tallies(world: World) -> list[tuple[int, int]]:
    query = (
        select(ArrivalTally.gate_id, func.sum(ArrivalTally.arrived))
        .where(ArrivalTally.event_id == world.event.id)
        .group_by(ArrivalTally.gate_id)
    )
    with world.server.database.read() as session:
        return [(gate, int(arrived)) for gate, arrived in session.execute(query)]


def _conflicting(world: World) -> set[str]:
    # Who was counted by an answer that was lost, and turned away, is no arrival to list here.
    query = (
        select(Scan.scan_id)
        .join(Conflict, Conflict.scan_pk == Scan.id)
        .where(Scan.status == Status.ERROR)
    )
    with world.server.database.read() as session:
        return {
            str(scan_id)
            for scan_id in session.scalars(query.where(Scan.event_id == world.event.id))
        }
