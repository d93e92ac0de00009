"""Let atheris, where it is installed, change inputs until they reach lines that none has reached.

It takes one process for each target and ends that at the first fault, whose input libFuzzer writes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

ABSENT = (
    "atheris is not installed, so nothing was guided: .venv/bin/python -m pip install --no-deps "
    "'atheris>=3,<4' (Linux and macOS), or leave out --guided"
)


def guide(names: list[str], inputs: int, seed: int) -> None:
    """Try so many inputs in all on these targets; exit with 1 at a fault, 2 without atheris."""
    if find_spec("atheris") is None:
        print(ABSENT, file=sys.stderr)
        sys.exit(2)
    found = [name for name in names if _of_one(name, -(-inputs // len(names)), seed)]
    print(f"faults: {', '.join(found)}" if found else "no fault")
    sys.exit(1 if found else 0)


def _of_one(name: str, runs: int, seed: int) -> int:
    print(f"{name}: {runs:,} inputs", flush=True)
    command = [sys.executable, "-m", "tests.fuzzing.guided", name, str(runs), str(seed)]
    return subprocess.run(command, check=False).returncode


def _main(name: str, runs: str, seed: str) -> None:
    import atheris

    with atheris.instrument_imports(include=["checkin", "badges", "scanner"]):
        from tests.fuzzing.targets import TARGETS
    target, folder = TARGETS[name], Path("build", "fuzz")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus, target.opened() as read:
        for number, one in enumerate(target.seeds):
            Path(corpus, str(number)).write_bytes(one)
        told = [f"-runs={runs}", f"-seed={int(seed) + 1}", f"-artifact_prefix={folder}/{name}-"]
        limits = [f"-timeout={int(target.cpu_s) + 3}", "-rss_limit_mb=2048", "-verbosity=0"]
        atheris.Setup([name, *told, *limits, corpus], lambda data: read(data) and None)
        atheris.Fuzz()


if __name__ == "__main__":
    _main(*sys.argv[1:])
