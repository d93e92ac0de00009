"""The bodies of kiosks: beginning and ending one, and calling for help."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from checkin.web.api.bodies.schemas import Body, PlainText


class KioskRequest(Body):
    """Whether nobody stands at this device."""

    on: bool
    supervisor_pin: PlainText | None = Field(
        default=None, max_length=20, description="Needed to end it."
    )


class KioskReply(Body):
    """Since when nobody stands at this device; null: somebody does."""

    kiosk_since: datetime | None
    server_time: datetime


class HelpRequest(Body):
    """The token says at which gate; nothing else is needed."""


class HelpReply(Body):
    """Since when the gate calls for help."""

    called_at: datetime
    server_time: datetime
