"""Ask pip-audit about every pinned package; list what is vendored, with version and licence.

Fails when a package has a known weakness or a vendored one has no licence beside it. Where the
service that knows weaknesses cannot be reached, it says so in one line and fails nothing: a package
that was not checked is never counted as good.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PINNED = ("requirements.txt", "requirements-dev.txt")
VENDORED = (ROOT / "checkin/static/vendor", ROOT / "tests/browser/vendor")
_TIMEOUT_S = 300
_ROW = re.compile(
    r"^\| `(?P<folder>[^`]+)/` \| `(?P<name>[^`]+)` (?P<version>[\d.]+).*?\| (?P<licence>[^|]+) \|"
)
_LICENCE_FILES = ("LICENSE*", "OFL.txt")


@dataclass(frozen=True)
class Report:
    """What is known of the pinned packages."""

    looked_at: int
    unknown: tuple[str, ...]
    weaknesses: tuple[str, ...]


def main() -> int:
    """Print what was found; return 1 when something has to be done."""
    without = list(print_vendored())
    report = read_report(ask())
    print(sentence_of(report))
    for line in (*report.weaknesses, *without):
        print(f"audit: {line}")
    return 1 if report.weaknesses or without else 0


def ask() -> str:
    """Return pip-audit's JSON, or "" where it could not start."""
    files = [word for name in PINNED for word in ("-r", name)]
    command = ["-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off"]
    try:
        done = subprocess.run(
            [sys.executable, *command, "-f", "json", *files],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def read_report(answer: str) -> Report:
    """Read pip-audit's answer; without a valid answer nothing was checked."""
    try:
        packages: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        packages = []
    unknown = tuple(sorted({one["name"] for one in packages if "skip_reason" in one}))
    asked = [one for one in packages if "skip_reason" not in one]
    weaknesses = [
        f"{one['name']} {one['version']} has {found['id']}: {_cure(found)}"
        for one in asked
        for found in one["vulns"]
    ]
    return Report(len({one["name"] for one in asked}), unknown, tuple(dict.fromkeys(weaknesses)))


def sentence_of(report: Report) -> str:
    """Return a line that says how much was checked."""
    if not report.looked_at:
        return (
            "audit: NOT DONE: the service that knows weaknesses cannot be asked from here; "
            "run script/audit where there is a network"
        )
    rest = f"; NOT looked at: {', '.join(report.unknown)}" if report.unknown else ""
    return f"audit: {report.looked_at} packages, {len(report.weaknesses)} known weaknesses{rest}"


def print_vendored() -> Iterator[str]:
    """Print each vendored package; yield a sentence for each that lacks its licence or its row."""
    for folder in VENDORED:
        rows = [row for line in _lines(folder) if (row := _ROW.match(line))]
        for row in rows:
            print(
                f"vendored: {row['name']} {row['version']} ({row['licence'].split('(')[0].strip()})"
            )
            if not any(
                found for name in _LICENCE_FILES for found in (folder / row["folder"]).glob(name)
            ):
                yield f"{row['name']} has no licence beside it"
        listed = {row["folder"] for row in rows}
        for path in sorted(folder.iterdir()):
            if path.is_dir() and path.name not in listed:
                yield f"{path.name} is vendored without a row in {folder.name}/README.md"


def _lines(folder: Path) -> list[str]:
    return (folder / "README.md").read_text("utf-8").splitlines()


def _cure(found: dict[str, Any]) -> str:
    fixed = ", ".join(found.get("fix_versions") or ())
    return f"go to {fixed}" if fixed else "there is no fixed version yet"


if __name__ == "__main__":
    sys.exit(main())
