"""What a wheel holds: the three packages, and the templates, which a checkout keeps beside them."""

from __future__ import annotations

import shutil

from setuptools import find_namespace_packages, setup
from setuptools.command.build_py import build_py


class BuildAnew(build_py):
    """Build from what is there now: a file that is gone would stay in the folder of the last build.

    A migration of another name, for one, would then be there twice.
    """

    def run(self) -> None:
        """Build the packages."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


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
    cmdclass={"build_py": BuildAnew},
)
