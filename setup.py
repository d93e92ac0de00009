"""What a wheel holds: the three packages, and the templates, which a checkout keeps beside them.

Translations are compiled into the wheel and into the source distribution. What happens to lie in a
checkout compiled is not looked at, and what is written stays out of the wheel.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from setuptools import find_namespace_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

sys.path.insert(0, str(Path(__file__).parent))  # a build does not look here by itself

from checkin.words.compiled import compile_into

TRANSLATIONS = Path("checkin", "translations")


class BuildAnew(build_py):
    """Build from what is there now: a file that is gone would stay in the folder of the last build.

    A migration of another name, for one, would then be there twice.
    """

    def run(self) -> None:
        """Build the packages."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        compile_into(Path(self.build_lib, TRANSLATIONS))


class CompiledToo(sdist):
    """A source distribution whose translations are compiled, beside what is written."""

    def make_release_tree(self, base_dir: str, files: Any) -> None:
        """Lay out its files."""
        super().make_release_tree(base_dir, files)
        compile_into(Path(base_dir, TRANSLATIONS))


setup(
    packages=[
        *find_namespace_packages(
            include=["checkin*", "scanner*", "badges*"],
            exclude=["checkin.static*", "checkin.translations*"],
        ),
        "checkin.templates",
        "badges.templates",
    ],
    package_dir={"checkin.templates": "templates", "badges.templates": "templates/email"},
    cmdclass={"build_py": BuildAnew, "sdist": CompiledToo},
)
