"""Which delegation's participants an operator may see: a coordinator's own, or all."""

from __future__ import annotations

from checkin.db.models import Operator, Role


def own_delegation(operator: Operator) -> int | None:
    """Return the id of the only delegation that an operator may see; None if they may see all."""
    return operator.delegation_id if operator.role == Role.COORDINATOR else None
