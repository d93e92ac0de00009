"""`script/proof fresh`: when it refuses to run, and which Debian mirror it uses."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SYSTEMS = ROOT / "script" / "systems"


@pytest.fixture(scope="module")
def fresh():
    sys.path.insert(0, str(SYSTEMS))  # as for a script of that folder
    spec = importlib.util.spec_from_file_location("fresh", SYSTEMS / "fresh.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["fresh"] = module
    spec.loader.exec_module(module)
    return module


def test_without_root_the_fresh_system_proof_says_that_it_needs_root(fresh, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "argv", ["fresh"])

    assert fresh.main() == 2
    assert "run it as root" in capsys.readouterr().err


def test_a_missing_python_version_is_reported_as_not_tried(fresh, tmp_path, capsys):
    assert fresh._try_python("python3.99", tmp_path)

    assert capsys.readouterr().out == "fresh: Python 3.99: NOT tried, this machine has none\n"


@pytest.mark.parametrize(
    ("printed", "summary"),
    [
        (
            "...\n====== 3548 passed, 2 skipped in 640.12s (0:10:40) ======\n",
            "3548 passed, 2 skipped in 640.12s (0:10:40)",
        ),
        (
            "..s\n37 passed, 1 skipped in 466.97s (0:07:46)\n",
            "37 passed, 1 skipped in 466.97s (0:07:46)",
        ),
        ("installing: python3\n", ""),
    ],
)
def test_the_number_of_passed_tests_is_read_from_pytest_s_last_line(fresh, printed, summary):
    assert fresh.summary_in(printed) == summary


@pytest.mark.parametrize(
    ("sources", "mirror"),
    [
        (
            "Types: deb\n# URIs: http://old.example.org/debian\nURIs: http://deb.debian.org/debian\n",
            "http://deb.debian.org/debian",
        ),
        (
            "URIs: http://deb.debian.org/debian-security\n\nURIs: https://near.example.org/debian/\n",
            "https://near.example.org/debian",
        ),
        (
            "deb [signed-by=/k.gpg] http://ftp.fr.debian.org/debian trixie main\n",
            "http://ftp.fr.debian.org/debian",
        ),
        ("deb http://archive.ubuntu.com/ubuntu noble main\n", ""),
    ],
)
def test_debian_is_installed_from_this_machine_s_mirror(fresh, sources, mirror):
    from debian_system import mirror_in

    assert mirror_in(sources) == mirror
