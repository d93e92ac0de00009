"""When and where somebody came in, for the lists of what an organiser decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased

from checkin.db.models import Admission, Device, Gate


@dataclass(frozen=True, slots=True)
class Side:
    """One of two readings: when, corrected for the device's clock, and where."""

    at: datetime
    gate: str
    device: str


class Arrival:
    """An admission with its gate and device, joined under names of its own."""

    def __init__(self, name: str) -> None:
        self.admission = aliased(Admission, name=name)
        self._gate = aliased(Gate, name=f"{name}_gate")
        self._device = aliased(Device, name=f"{name}_device")
        self._columns = (self.admission.admitted_at, self._gate.name, self._device.name)

    def join(self, query: Any, found_by: Any) -> Any:
        """Join the admission that a condition finds, where there is one."""
        return (
            query.outerjoin(self.admission, found_by)
            .outerjoin(self._gate, self._gate.id == self.admission.gate_id)
            .outerjoin(self._device, self._device.id == self.admission.device_id)
            .add_columns(*self._columns)
        )

    def of(self, row: Any) -> Side | None:
        """Return what a row tells of it."""
        at, gate, device = (row._mapping[column] for column in self._columns)
        return Side(at, gate, device) if at else None
