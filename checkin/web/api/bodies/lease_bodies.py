"""The bodies of the contract's part about leases."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from checkin.web.api.bodies.schemas import Body, Moment


class LeaseRequest(Body):
    """A device that asks for places."""

    device_time: Moment | None = Field(
        default=None, description="What the device's clock says now, for its skew."
    )
    held: UUID | None = Field(
        default=None,
        description="The lease that the device has at hand: only then do older ones end, because "
        "the answer that granted a newer one may have been lost.",
    )


class ReturnQuery(Body):
    """Which lease to give back."""

    lease_id: UUID | None = Field(
        default=None,
        description="This lease and older ones end, and none that was granted since; "
        "without it all of the device's end.",
    )


class LentDelegation(Body):
    """Places of one delegation's quota that the device may give away by itself."""

    id: int
    name: str
    name_ar: str | None
    places: int


class LeaseReply(Body):
    """What a device may admit by itself, until it expires by the server's clock."""

    lease_id: UUID
    expires_at: datetime
    server_time: datetime
    delegations: list[LentDelegation]
    hall: int | None = Field(description="People it may let in; null: the hall has no limit.")
    walk_in_key: str = Field(
        description="Seals walk-ins that are admitted without network: base64url of a P-256 point."
    )


class LeaseReturned(Body):
    """The lease that ended, the newest of several; null where there was none to end."""

    lease_id: UUID | None
    server_time: datetime
