"""The systemd units: what they start exists, systemd takes them, and they may do little."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess

import pytest

from tests.deploy.commands import DEPLOY, unknown_words
from tests.support.servers.server_process import ROOT

UNITS = ("marhaba.service", "marhaba-worker.service")
OPERATING = (ROOT / "docs" / "operating.md").read_text("utf-8")


def value(unit, name):
    """Return what a unit says once."""
    [said] = re.findall(rf"^{name}=(.*)$", (DEPLOY / unit).read_text("utf-8"), re.MULTILINE)
    return said


def analyzed(*arguments):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd: script/setup --test")
    return subprocess.run(
        ["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_starts_a_command_that_there_is(unit):
    program, *arguments = shlex.split(value(unit, "ExecStart"))

    assert program == f"{value(unit, 'WorkingDirectory')}/.venv/bin/marhaba"
    assert unknown_words(arguments) == set()


def test_control_a_command_and_an_option_that_there_are_not_are_told():
    assert unknown_words(["walk"]) == {"walk"}
    assert unknown_words(["run", "--no-port", "--port"]) == {"--no-port"}


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_a_unit(unit, tmp_path):
    program = tmp_path / "marhaba"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = (
        (DEPLOY / unit).read_text("utf-8").replace("/srv/marhaba/.venv/bin/marhaba", str(program))
    )
    (tmp_path / unit).write_text(text.replace("User=marhaba", "User=root"))

    found = analyzed("verify", "--man=no", tmp_path / unit)

    assert (found.returncode, found.stderr) == (0, "")


def test_control_systemd_names_a_slip(tmp_path):
    (tmp_path / "slip.service").write_text("[Service]\nExecStart=/bin/true\nProtectHome_=yes\n")

    assert "ProtectHome_" in analyzed("verify", "--man=no", tmp_path / "slip.service").stderr


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_as_little_exposed_as_the_documentation_says(unit):
    said = re.search(r"`systemd-analyze security` calls both ([\d.]+)", OPERATING)

    found = analyzed("security", "--offline=true", "--no-pager", DEPLOY / unit)

    [exposure] = re.findall(r"Overall exposure level for \S+: ([\d.]+)", found.stdout)
    assert said
    assert float(exposure) <= float(said[1])


def test_both_units_are_hardened_alike():
    hardened = [(DEPLOY / unit).read_text("utf-8").partition("\n# It writes")[2] for unit in UNITS]

    assert hardened[0] == hardened[1] != ""
