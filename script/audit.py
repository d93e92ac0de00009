"""Known weaknesses of what is pinned and vendored, and the licences of all of it.

The service that knows weaknesses is asked; where it does not answer, what it answered last is read
(`script/advisories.json`), with a word on how old that is. `--refresh` stores new answers.

Fails for a known weakness, and for a licence that is missing or not permitted in what is shipped.
It never fails for want of answers: a package that nobody was asked about is named, not counted.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import advisories
from advisories import Answers, Unreachable
from pinned import (
    PINNED,
    SHIPPED,
    VENDORED,
    Package,
    all_packages,
    is_spdx,
    licence_of,
    licences_in,
    pinned_in,
    vendored_in,
)

#: stored answers that are older are told with a warning
OLD = timedelta(days=30)
_LICENCES = Path(__file__).with_name("licences.toml")


def main(arguments: list[str] | None = None) -> int:
    """Print what was found; return 1 when something has to be done."""
    options = _options(arguments)
    now = datetime.now(UTC)
    packages = all_packages()
    try:
        answers: Answers | None = advisories.ask(packages, now, options.service)
    except Unreachable as fault:
        if options.refresh:
            print(f"audit: nothing is stored: {options.service} does not answer: {fault}")
            return 1
        answers = advisories.read(options.stored)
    if answers and options.refresh:
        advisories.write(answers, options.stored)
    for line in licence_lines():
        print(line)
    faults = [*weaknesses(answers, packages), *licence_faults()]
    for line in (*standing(answers, packages, now), *faults):
        print(f"audit: {line}")
    return 1 if faults else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/audit", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--refresh", action="store_true", help="store what the service answers")
    parser.add_argument("--service", default=advisories.SERVICE, help="a service with OSV's API")
    parser.add_argument("--stored", type=Path, default=advisories.STORED, help="the stored answers")
    return parser.parse_args(arguments)


def standing(answers: Answers | None, packages: list[Package], now: datetime) -> Iterator[str]:
    """Yield how much was looked at, when, and what was not."""
    if answers is None:
        yield (
            "NOT DONE: the service that knows weaknesses does not answer, and no answers are "
            "stored; run script/audit --refresh where there is a network"
        )
        return
    unknown = [str(one) for one in packages if str(one) not in answers.packages]
    found = len(list(weaknesses(answers, packages)))
    age = (now - answers.asked_at).days
    yield (
        f"{len(packages) - len(unknown)} packages, {found} known weaknesses, as {answers.service} "
        f"answered on {answers.asked_at:%Y-%m-%d} ({age} days ago)"
    )
    if now - answers.asked_at > OLD:
        yield f"WARNING: these answers are {age} days old: run script/audit --refresh"
    if unknown:
        yield f"WARNING: NOT looked at: {', '.join(unknown)}"


def weaknesses(answers: Answers | None, packages: list[Package]) -> Iterator[str]:
    """Yield a sentence for each known weakness of what is pinned today."""
    pinned = set(map(str, packages))
    for one in answers.advisories if answers else ():
        if one.package in pinned:
            names = ", ".join((one.id, *one.aliases))
            cure = f"go to {', '.join(one.fixed)}" if one.fixed else "there is no fixed version yet"
            yield f"{one.package} has {names}: {cure}"


def licence_lines() -> Iterator[str]:
    """Yield a line for each package that is shipped, vendored or installed, with its licence."""
    for one in (one for folder in VENDORED for one in vendored_in(folder)):
        yield f"vendored: {one.package.name} {one.package.version} ({one.licence})"
    shipped = set(pinned_in(SHIPPED))
    for package in sorted({one for file in PINNED for one in pinned_in(file)}):
        kind = "shipped" if package in shipped else "development"
        yield f"{kind}: {package.name} {package.version} ({licence_of(package) or 'unknown'})"


def licence_faults() -> Iterator[str]:
    """Yield a sentence for each package whose licence is missing or may not be shipped."""
    permitted = set(tomllib.loads(_LICENCES.read_text("utf-8"))["permitted"])
    for package in pinned_in(SHIPPED):
        licence = licence_of(package)
        if licence is None:
            yield f"{package} says no licence: look it up, and write it into script/licences.toml"
        elif not licences_in(licence) <= permitted:
            yield f"{package} is under {licence}, which script/licences.toml does not permit"
    for folder in VENDORED:
        yield from _vendored_faults(folder)


def _vendored_faults(folder: Path) -> Iterator[str]:
    rows = vendored_in(folder)
    for one in rows:
        if not is_spdx(one.licence):
            yield f"{one.package} has no licence of SPDX in its row: {one.licence}"
        if not one.licence_file.is_file():
            yield f"{one.package} has no licence beside it"
    described = {one.licence_file.parent.name for one in rows}
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in described | {"__pycache__"}:
            yield f"{path.name} is vendored without a row in {folder.name}/README.md"


if __name__ == "__main__":
    sys.exit(main())
