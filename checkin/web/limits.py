"""Rate limits of requests that guess: passwords and pairing codes. Scans are never limited."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from checkin.web.sessions import operator_or_none


def by_operator() -> str:
    """Count by who is signed in: an office's operators share one address."""
    operator = operator_or_none()
    return f"operator {operator.id}" if operator else get_remote_address()


limiter = Limiter(get_remote_address, storage_uri="memory://")
