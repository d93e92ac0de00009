"""Everything that is pinned or vendored: names, versions, digests and licences.

Python packages are pinned in requirements files, JavaScript packages in `package-lock.json`; what
is vendored has a row in the README of its folder.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from license_expression import ExpressionError, get_spdx_licensing
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SHIPPED = "requirements.txt"
PINNED = (
    SHIPPED,
    "requirements-scanner.txt",
    "requirements-dev.txt",
    "deploy/requirements-build.txt",
)
VENDORED = (
    ROOT / "checkin/static/vendor",
    ROOT / "checkin/domain/accounts/vendor",
    ROOT / "checkin/words/lettering/fonts",
    ROOT / "tests/browser/vendor",
)
#: what is said of packages whose own metadata does not say it in words that are an SPDX expression
_STATED = Path(__file__).with_name("licences.toml")
_PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)(.*(?:\n +.*)*)", re.MULTILINE)
_USER = re.compile(r"^ +# +(?:via )?([\w.-]+)(?: \(pyproject\.toml\))?$", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_ROW = re.compile(
    r"^\| `(?P<folder>[^`]+)` \| `(?P<name>[^`]+)` (?P<version>[\d.]+).*?\| (?P<licence>[^|]+?)"
    r" \(`(?P<file>[^`]+)`\)"
)
_SPDX = get_spdx_licensing()


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """One version of a package.

    Attributes:
        ecosystem: "PyPI" or "npm", as OSV calls them.
    """

    ecosystem: str
    name: str
    version: str

    def __str__(self) -> str:
        """Return how files and sentences name it."""
        return f"{self.ecosystem}/{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Vendored:
    """A package of which files are kept in the repository.

    Attributes:
        licence: an SPDX expression.
        licence_file: beside its files.
    """

    package: Package
    licence: str
    licence_file: Path


@dataclass(frozen=True, slots=True)
class Pin:
    """What a requirements file says of a package.

    Attributes:
        digests: SHA-256 of the package's files, for one system or another.
        users: names of the packages that need it.
    """

    digests: tuple[str, ...]
    users: tuple[str, ...]


def pinned_in(file: str) -> dict[Package, Pin]:
    """Return the packages of a requirements file."""
    text = (ROOT / file).read_text("utf-8")
    return {
        Package("PyPI", canonicalize_name(name), version): Pin(
            tuple(sorted(_HASH.findall(rest))),
            tuple(one for one in _USER.findall(rest) if one != "via"),
        )
        for name, version, rest in _PIN.findall(text)
    }


def locked() -> set[Package]:
    """Return the JavaScript packages that check ours; none of them is served."""
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    return {
        Package("npm", path.rpartition("node_modules/")[2], one["version"])
        for path, one in lock["packages"].items()
        if path
    }


def vendored_in(folder: Path) -> list[Vendored]:
    """Return the packages that the table of a folder's README lists."""
    rows = map(_ROW.match, (folder / "README.md").read_text("utf-8").splitlines())
    return [
        Vendored(
            Package("npm", row["name"], row["version"]),
            row["licence"],
            folder / row["folder"] / row["file"],
        )
        for row in rows
        if row
    ]


def all_packages() -> list[Package]:
    """Return everything whose known weaknesses matter, sorted."""
    python = {one for file in PINNED for one in pinned_in(file)}
    kept = {one.package for folder in VENDORED for one in vendored_in(folder)}
    return sorted(python | locked() | kept)


def licence_of(package: Package) -> str | None:
    """Return the SPDX expression of a Python package's licence; None if nobody says it."""
    stated: dict[str, str] = tomllib.loads(_STATED.read_text("utf-8"))["stated"]
    if package.name in stated:
        return stated[package.name]
    return next(filter(is_spdx, _own_words(package)), None)


def is_spdx(expression: str) -> bool:
    """Say whether this is an SPDX expression of licences that SPDX knows."""
    try:
        return bool(expression) and not _SPDX.unknown_license_keys(expression)
    except ExpressionError:
        return False


def licences_in(expression: str) -> set[str]:
    """Return the licences that an SPDX expression names."""
    return set(map(str, _SPDX.license_keys(expression)))


#: classifiers that name one licence of SPDX
_CLASSIFIERS = {
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}


def _own_words(package: Package) -> Iterator[str]:
    try:
        metadata = distribution(package.name).metadata
    except PackageNotFoundError:
        return
    yield metadata.get("License-Expression") or ""
    yield (metadata.get("License") or "").strip()
    for classifier in metadata.get_all("Classifier") or ():
        yield _CLASSIFIERS.get(classifier.rpartition(" :: ")[2], "")
