"""What a person types for our commands: the names they were installed by, or Python's way.

Whoever installed the wheel has `marhaba` and `marhaba-scanner`; in a checkout there are only
`python -m checkin` and `python -m scanner`.
"""

from __future__ import annotations

import sys
from pathlib import PurePath


def organiser_command() -> str:
    """Return what starts the organiser's commands here, as a sentence to a person names it."""
    return "marhaba" if _is_installed() else "python -m checkin"


def scanner_command() -> str:
    """Return what starts the scanner here."""
    return "marhaba-scanner" if _is_installed() else "python -m scanner"


def _is_installed() -> bool:
    # Servers' processes inherit the arguments of the command that began them.
    return PurePath(sys.argv[0] if sys.argv else "").stem == "marhaba"
