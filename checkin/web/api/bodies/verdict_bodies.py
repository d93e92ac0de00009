"""The parts of a verdict's body, which real badges and practice badges share."""

from __future__ import annotations

from typing import Any

from checkin.domain.scanning.next_steps import GateName, Step
from checkin.services.scanning.facts import Place
from checkin.web.site.json import utc_text


def first_admission_body(first: Place | None) -> dict[str, Any] | None:
    """Write when and through which gate a person first came in."""
    if first is None:
        return None
    return {"at": utc_text(first.at), "gate": first.gate_name, "gate_ar": first.gate_name_ar}


def next_step_body(step: Step | None) -> dict[str, Any] | None:
    """Write what a volunteer does with a refused person, and what the act names."""
    if step is None:
        return None
    return {
        "act": step.act,
        "gates": [gate_name_body(gate) for gate in step.gates],
        "at": utc_text(step.at),
        "phone": step.phone,
    }


def gate_name_body(gate: GateName) -> dict[str, Any]:
    """Write a gate as its signs call it."""
    return {"id": gate.id, "name": gate.name, "name_ar": gate.name_ar}
