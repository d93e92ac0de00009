"""What a wheel holds: the three packages, and the templates, which a checkout keeps beside them.

Translations are compiled into the wheel and into the source distribution. What happens to lie in a
checkout compiled is not looked at, and what is written stays out of the wheel.

Each wheel says what it consists of in `.dist-info/sboms` (PEP 770).
"""

from __future__ import annotations

import json
import shutil
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from setuptools import find_namespace_packages, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

sys.path.insert(0, str(Path(__file__).parent))  # a build does not look here by itself

from checkin.words.compiled import compile_into

TRANSLATIONS = Path("checkin", "translations")
SBOM, REQUIREMENTS = Path("sbom.cdx.json"), Path("requirements.txt")


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


class WithMaterials(bdist_wheel):
    """A wheel that carries the list of what it consists of."""

    def egg2dist(self, egginfo_path: str, distinfo_path: str) -> None:
        """Lay out what the wheel says of itself."""
        super().egg2dist(egginfo_path, distinfo_path)
        refuse_other_requirements()
        folder = Path(distinfo_path, "sboms")
        folder.mkdir()
        shutil.copyfile(SBOM, folder / "marhaba.cdx.json")


def refuse_other_requirements() -> None:
    """End the build if the list of materials is not of these requirements."""
    properties = json.loads(SBOM.read_text("utf-8"))["metadata"]["properties"]
    stated = {one["name"]: one["value"] for one in properties}
    digest = sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stated["marhaba:requirements-sha256"] != digest:
        sys.exit(f"{SBOM} is not of {REQUIREMENTS} as it is now: run script/sbom")


setup(
    packages=[
        *find_namespace_packages(
            include=["checkin*", "scanner*", "badges*"],
            exclude=[
                "checkin.static*",
                "checkin.translations*",
                "checkin.domain.accounts.vendor*",
                "checkin.words.lettering.fonts*",
            ],
        ),
        "checkin.templates",
        "badges.templates",
    ],
    package_dir={"checkin.templates": "templates", "badges.templates": "templates/email"},
    cmdclass={"build_py": BuildAnew, "sdist": CompiledToo, "bdist_wheel": WithMaterials},
)
