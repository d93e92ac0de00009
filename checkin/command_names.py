"""The names of the commands as a person types them: installed, or by `python -m`.

Whoever installed the wheel has `marhaba` and `marhaba-scanner`; in a checkout there are only
`python -m checkin` and `python -m scanner`.
"""

from __future__ import annotations

import sys
from pathlib import PurePath


def organiser_command() -> str:
    """Return the name of the organiser's command in this installation, for use in sentences."""
    return "marhaba" if _is_installed() else "python -m checkin"


def scanner_command() -> str:
    """Return the name of the scanner's command in this installation."""
    return "marhaba-scanner" if _is_installed() else "python -m scanner"


def _is_installed() -> bool:
    # Servers' processes inherit the arguments of the command that began them.
    return PurePath(sys.argv[0] if sys.argv else "").stem == "marhaba"
