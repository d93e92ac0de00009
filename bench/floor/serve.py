"""Serve the floor with the server and the options that `python -m checkin run` uses."""

from __future__ import annotations

import sys

from checkin.cli.running.serving import serve

if __name__ == "__main__":
    serve("bench.floor.wsgi:served", "127.0.0.1", int(sys.argv[1]))
