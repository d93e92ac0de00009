"""The folder where all processes of a run of the tests keep the templates that they compiled."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_VARIABLE = "MARHABA_TESTS_TEMPLATES"


def make_folder() -> None:
    """Make the folder, in the first process of a run; it goes with that process."""
    if _VARIABLE not in os.environ:
        os.environ[_VARIABLE] = folder = tempfile.mkdtemp(prefix="marhaba-templates-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)


def its_folder() -> str | None:
    """Return the folder, None outside a run."""
    return os.environ.get(_VARIABLE)
