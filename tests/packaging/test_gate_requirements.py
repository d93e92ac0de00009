"""A laptop that is only a gate runs with the requirements of requirements-scanner.txt."""

from __future__ import annotations

import json
import re

import cv2
import pytest
from packaging.requirements import Requirement

from tests.packaging.installed import ROOT, Installed, environment_with, load_all
from tests.scanner.decode.pictures import a_code, qr, scene


@pytest.fixture
def gate(tmp_path) -> Installed:
    pinned = (ROOT / "requirements-scanner.txt").read_text("utf-8")
    wanted = [Requirement(line) for line in re.findall(r"^\w.*==.*(?= \\)", pinned, re.MULTILINE)]
    names = [one.name for one in wanted if one.marker is None or one.marker.evaluate()]
    environment_with(names, tmp_path / "venv", besides=ROOT)
    return Installed(tmp_path / "venv", tmp_path / "empty")


def test_the_scanner_runs_with_only_the_requirements_of_a_gate(gate):
    cv2.imwrite(str(gate.folder / "badge.png"), scene(qr(a_code(7))))

    loaded = gate.printed("python", "-c", load_all("scanner"))
    read = json.loads(gate.printed("python", "-m", "scanner", "--decode", "badge.png"))

    assert (loaded, read["texts"]) == ("all\n", [a_code(7)])


def test_the_scanner_s_requirements_contain_no_server_package(gate):
    assert gate.run("python", "-c", "import flask").returncode != 0
