"""Prove that README's two commands need nothing but the clone, on Debian as it is first installed.

Makes Debian 12 and 13 with `debootstrap --variant=minbase`, clones the last commit into each, runs
`script/server` until it serves and `script/test` to its end, and prints a line for each.

Python 3.12 and 3.14 come with neither: where this machine has one, a quick set of the tests runs
with it; where it has none, the line says that it was not tried.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from debian_system import (
    DEBIANS,
    ROOT,
    Debian,
    NotFresh,
    end_of,
    ended,
    folder_of,
    logged,
    missing_for,
    parser_of,
    printed_by,
    text_of,
    walked_through,
)

OTHER_PYTHONS = ("python3.12", "python3.14")
QUICK_TESTS = ("tests/domain", "tests/protocol", "tests/badges", "tests/scanner/test_start.py")
_SERVED_WITHIN_S = 900


def main() -> int:
    """Print a line a system; return 1 when one failed, 2 when nothing could be tried."""
    asked = _parser().parse_args()
    missing = missing_for("script/proof fresh")
    if missing:
        print(f"fresh: {missing}", file=sys.stderr)
        return 2
    commit = printed_by("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD")
    print(f"fresh: of commit {commit}, changes that are not committed left out", flush=True)
    with folder_of(asked.folder) as folder:
        well = [_try_debian(suite, folder, asked) for suite in asked.only or DEBIANS]
        well += [_try_python(name, folder) for name in OTHER_PYTHONS]
    return 0 if all(well) else 1


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("script/proof fresh", "The two commands on Debian 12 and 13, from nothing.")
    parser.add_argument(
        "tests", nargs="*", metavar="-- TESTS", help="arguments of script/test (default: all)"
    )
    return parser


def _try_debian(suite: str, folder: Path, asked: argparse.Namespace) -> bool:
    debian = Debian(suite, folder / f"{suite}-run", folder / f"{suite}.log")

    def walk(debian: Debian) -> str:
        served_s = _serve(debian)
        version = _versions_before_tests(debian)
        tested = _test(debian, asked.tests)
        return (
            f"{debian.name} ({version}, PostgreSQL {_postgresql(debian)}): script/server serves "
            f"after {served_s:.0f} s; script/test: {tested}"
        )

    return walked_through("fresh", debian, folder / suite, asked.mirror, walk)


def _serve(debian: Debian) -> float:
    """Run `script/server` until it serves a page, stop it, and return the seconds it took."""
    began, port = time.monotonic(), _free_port()
    with ended(debian.begin(f"script/server --port {port}")) as process:
        while not _healthy(port):
            if process.poll() is not None:
                raise NotFresh(f"script/server ended with {process.returncode}")
            if time.monotonic() - began > _SERVED_WITHIN_S:
                raise NotFresh(f"script/server serves nothing after {_SERVED_WITHIN_S} s")
            time.sleep(0.5)
        took_s = time.monotonic() - began
        if "Marhaba" not in _page(port, "login"):
            raise NotFresh("the page to sign in is not ours")
        os.killpg(process.pid, signal.SIGINT)
        if process.wait(30):
            raise NotFresh(f"script/server ended with {process.returncode} after Ctrl-C")
    return took_s


def _test(debian: Debian, tests: list[str]) -> str:
    """Run `script/test` and return pytest's last line."""
    debian.run(shlex.join(["script/test", *tests]))
    if not (summary := summary_in(text_of(debian.log))):
        raise NotFresh("script/test ran no tests")
    return summary


def summary_in(printed: str) -> str:
    """Return pytest's last line about how many tests passed; "" where there is none."""
    lines = re.findall(r"^(?:=+ )?(\d+ .* in [\d.]+s[^=\n]*?)(?: =+)?$", printed, re.MULTILINE)
    return lines[-1] if lines else ""


def _versions_before_tests(debian: Debian) -> str:
    return debian.answer(".venv/bin/python --version")


def _postgresql(debian: Debian) -> str:
    return debian.answer("/usr/lib/postgresql/*/bin/postgres --version").split()[2]


def _try_python(name: str, folder: Path) -> bool:
    """Run a quick set of the tests with another Python, where this machine has it."""
    version = f"Python {name.removeprefix('python')}"
    works = [name, "-c", "import sys, venv, ensurepip; print(sys.version.split()[0])"]
    if shutil.which(name) is None or _silent(works):
        print(f"fresh: {version}: NOT tried, this machine has none", flush=True)
        return True
    log, clone = folder / f"{name}.log", folder / name
    began = time.monotonic()
    try:
        _quick_tests(name, clone, log)
    except NotFresh as fault:
        print(f"fresh: FAILED with {version}: {fault}; the end of its log:", flush=True)
        print(end_of(log), flush=True)
        return False
    took_s = time.monotonic() - began
    print(f"fresh: {version} on this machine: {' '.join(QUICK_TESTS)} pass, {took_s:.0f} s")
    return True


def _quick_tests(name: str, clone: Path, log: Path) -> None:
    shutil.rmtree(clone, ignore_errors=True)
    log.write_bytes(b"")
    logged(log, "git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone))
    logged(log, name, "-m", "venv", str(clone / ".venv"))
    python, pinned = str(clone / ".venv/bin/python"), str(clone / "requirements-dev.txt")
    logged(log, python, "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", pinned)
    logged(log, python, "-m", "pytest", "-q", "-n", "2", "-m", "not proof", *QUICK_TESTS, at=clone)


def _silent(command: list[str]) -> int:
    return subprocess.run(command, capture_output=True, check=False).returncode


def _healthy(port: int) -> bool:
    try:
        return '"ok"' in _page(port, "healthz")
    except (urllib.error.URLError, OSError):
        return False


def _page(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10) as answer:
        return str(answer.read().decode())


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
