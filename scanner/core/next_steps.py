"""The next step of a refusal as the server tells it, and as this computer says it."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, tzinfo
from typing import Any

from checkin.domain.scanning.next_steps import GateName, NextStep, Step, act_message, moment_text
from checkin.domain.scanning.reasons import ROWS, step_for


def step_told(told: dict[str, Any] | None) -> Step | None:
    """Return the step in a reply; None where there is none, or only a newer version knows it."""
    if not told:
        return None
    with contextlib.suppress(KeyError, TypeError, ValueError):
        gates = tuple(gate_told(gate) for gate in told.get("gates") or ())
        at = datetime.fromisoformat(told["at"]) if told.get("at") else None
        return Step(NextStep(told["act"]), gates, at, told.get("phone"))
    return None


def gate_told(told: dict[str, Any]) -> GateName:
    """Return a gate as a reply or the head of a gate list names it."""
    return GateName(told["id"], str(told["name"]), told.get("name_ar"))


def act_said(
    step: Step | None, reason: str | None, language: str, timezone: tzinfo | None = None
) -> str:
    """Return the act after a refusal; "" for a reason that only a newer server knows.

    Args:
        step: None where nobody has told one: then the reason's usual act is said.
        timezone: the event's.
    """
    if step is None and reason not in ROWS:
        return ""
    step = step or step_for(str(reason))
    time = moment_text(step.at, timezone, datetime.now(UTC)) if step.at else ""
    return act_message(step, language, time=time)
