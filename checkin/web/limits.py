"""Rate limits of requests that guess: passwords and pairing codes. Scans are never limited."""

from __future__ import annotations

from flask import Response
from flask_limiter import Limiter, RouteLimit
from flask_limiter.util import get_remote_address

from checkin.web.sessions import operator_or_none


def by_operator() -> str:
    """Count by who is signed in: an office's operators share one address."""
    operator = operator_or_none()
    return f"operator {operator.id}" if operator else get_remote_address()


limiter = Limiter(get_remote_address, storage_uri="memory://")


def limit_wrong_addresses(limit: str, pages: str, status: int = 404) -> RouteLimit:
    """Return a limit for pages behind a secret address; only what leads nowhere counts.

    Args:
        status: what the pages answer to an address that leads nowhere.
    """

    def leads_nowhere(response: Response) -> bool:
        return response.status_code == status

    return limiter.shared_limit(
        limit, pages, key_func=get_remote_address, deduct_when=leads_nowhere
    )
