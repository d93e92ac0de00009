"""The lines that `doctor` tells people to type."""

from __future__ import annotations

import os
from pathlib import Path

from checkin.command_names import organiser_command
from checkin.domain.network.modes import Mode
from checkin.settings import DOTENV_VARIABLE

#: where `deploy/install` puts the unit of a server, and that server's home
UNIT = Path("/etc/systemd/system/marhaba.service")
SERVERS_HOME = Path("/srv/marhaba/var")
_RUN = {
    Mode.LAPTOP: "run --host 0.0.0.0",
    Mode.LAPTOP_TLS: "run --host 0.0.0.0 --tls",
    Mode.PROXY: "run",
}


def command(arguments: str) -> str:
    """Return the line of one of our commands."""
    return f"{organiser_command()} {arguments}"


def setting(line: str) -> str:
    """Return the line that adds a setting to `.env`."""
    return f"echo '{line}' >>{os.environ.get(DOTENV_VARIABLE) or '.env'}"


def start(mode: Mode, home: Path) -> str:
    """Return the line that starts the server, or starts it again."""
    if _is_server(home):
        return "sudo systemctl restart marhaba"
    return command(_RUN[mode])


def start_worker(home: Path) -> str:
    """Return the line that starts a worker by itself; "" where the server starts it."""
    return "sudo systemctl restart marhaba-worker" if _is_server(home) else ""


def _is_server(home: Path) -> bool:
    return home.resolve() == SERVERS_HOME and UNIT.exists()
