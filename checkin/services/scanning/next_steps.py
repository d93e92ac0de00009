"""Read what a refused person's next step names: the right gate, the newer badge, whom to call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from checkin.db.models import Badge, Delegation, Event, GateCategory, Participant
from checkin.domain.common.contacts import dialled
from checkin.domain.scanning.next_steps import NextStep, Step, StepFacts, right_gates
from checkin.domain.scanning.reasons import ROWS, step_for
from checkin.services.gates.devices import PairedDevice
from checkin.services.gates.gates import gates_to_go_to
from checkin.services.scanning.storage import Answer


def next_step(connection: Connection, device: PairedDevice, answer: Answer) -> Step | None:
    """Return the next step of a refusal as things are now; None for who is let in.

    Of an answer that names nobody only the reason counts: what else a step tells is about the
    person.
    """
    if answer.reason is None:
        return None
    facts = StepFacts(opening=answer.opening)
    if answer.holder is not None:
        for known in ROWS[answer.reason].known_steps:
            if read := _READ.get(known):
                facts = read(connection, device, answer.holder.participant_id)
    return step_for(answer.reason, facts)


def _right_gates(connection: Connection, device: PairedDevice, participant_id: int) -> StepFacts:
    rows = connection.execute(
        select(GateCategory.gate_id, GateCategory.category_id == Participant.category_id)
        .join(Participant, Participant.id == participant_id)
        .where(GateCategory.event_id == device.event_id)
    ).all()
    limited = {gate for gate, _admits in rows}
    admitting = {gate for gate, admits in rows if admits}
    gates = gates_to_go_to(connection, device.event_id)
    return StepFacts(gates=right_gates(gates, limited, admitting))


def _newer_badge(connection: Connection, _device: PairedDevice, participant_id: int) -> StepFacts:
    replaced_at: datetime | None = connection.scalar(
        select(Badge.issued_at).where(
            Badge.participant_id == participant_id, Badge.revoked_at.is_(None)
        )
    )
    return StepFacts(replaced_at=replaced_at)


def _coordinators(connection: Connection, _device: PairedDevice, participant_id: int) -> StepFacts:
    phone = connection.scalar(
        select(Delegation.coordinator_phone)
        .join(Participant, Participant.delegation_id == Delegation.id)
        .join(Event, Event.id == Delegation.event_id)
        .where(Participant.id == participant_id, Event.gates_call_coordinators)
    )
    return StepFacts(phone=phone and dialled(phone))


#: what has to be read for a step to name it
_READ: Mapping[NextStep, Callable[[Connection, PairedDevice, int], StepFacts]] = {
    NextStep.RIGHT_GATE: _right_gates,
    NextStep.REPLACED: _newer_badge,
    NextStep.COORDINATOR: _coordinators,
}
