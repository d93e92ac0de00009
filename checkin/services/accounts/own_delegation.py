"""The only delegation whose people a coordinator may see."""

from __future__ import annotations

from checkin.db.models import Operator, Role


def own_delegation(operator: Operator) -> int | None:
    """Return the only delegation whose people an operator may see; None: they may see all."""
    return operator.delegation_id if operator.role == Role.COORDINATOR else None
