"""Serve the application with a thread for each request from its first byte on, for comparison."""

from __future__ import annotations

import sys
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

if __name__ == "__main__":
    Granian(
        "wsgi:app",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        blocking_threads=256,
        backpressure=400,
        websockets=False,
        log_level=LogLevels.error,
        workers_kill_timeout=1,
        working_dir=Path(__file__).parents[2],
    ).serve()
