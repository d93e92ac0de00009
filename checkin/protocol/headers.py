"""Names of HTTP headers that devices and the server agree on."""

from __future__ import annotations

#: holds the PIN of the supervisor who lets a device be shown more people
SUPERVISOR_PIN = "Marhaba-Supervisor-Pin"
