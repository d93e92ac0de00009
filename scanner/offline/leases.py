"""A lease: places of each delegation and seats of the hall that the server lent this device."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Lease:
    """Places that this device may give away without asking.

    Attributes:
        expires_at: by the server's clock.
        places: by the delegation's number.
        hall: seats of the hall; None where the server did not limit them.
        walk_in_key: seals walk-ins; empty from a server that accepts none from a gate offline.
    """

    lease_id: str
    expires_at: datetime
    places: dict[int, int] = field(default_factory=dict)
    hall: int | None = None
    walk_in_key: str = ""

    def is_good(self, at: datetime) -> bool:
        """Say whether the lease is valid at a time of the server's clock."""
        return at < self.expires_at


def lease_from(body: dict[str, Any]) -> Lease | None:
    """Read the reply of `POST /leases`; None when it is not one."""
    try:
        return Lease(
            str(body["lease_id"]),
            datetime.fromisoformat(body["expires_at"]),
            {int(one["id"]): int(one["places"]) for one in body["delegations"]},
            None if body["hall"] is None else int(body["hall"]),
            str(body.get("walk_in_key", "")),
        )
    except (KeyError, TypeError, ValueError):
        return None
