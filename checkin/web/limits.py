"""Rate limits of requests that guess: passwords and pairing codes. Scans are never limited."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://")
