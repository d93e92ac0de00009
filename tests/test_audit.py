"""The audit of dependencies: vulnerabilities fail it, and unchecked packages are named."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit", ROOT / "script" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module
    spec.loader.exec_module(module)
    return module


def answer(*packages):
    return json.dumps({"dependencies": packages, "fixes": []})


GOOD = {"name": "flask", "version": "3.1.2", "vulns": []}
WEAK = {
    "name": "jinja2",
    "version": "2.0",
    "vulns": [{"id": "PYSEC-2019-217", "fix_versions": ["2.10.1"], "description": "…"}],
}
SKIPPED = {"name": "typst", "skip_reason": "Dependency not found on PyPI"}


def test_a_known_vulnerability_is_listed_with_its_fix_and_fails_the_audit(
    audit, monkeypatch, capsys
):
    monkeypatch.setattr(audit, "ask", lambda: answer(GOOD, WEAK, WEAK))

    assert audit.main() == 1
    told = capsys.readouterr().out
    assert "audit: 2 packages, 1 known weaknesses\n" in told
    assert "audit: jinja2 2.0 has PYSEC-2019-217: go to 2.10.1\n" in told


@pytest.mark.parametrize("nothing", ["", "no network", answer(SKIPPED), '{"error": 1}'])
def test_an_unreachable_vulnerability_service_is_reported_without_failing(
    audit, monkeypatch, capsys, nothing
):
    monkeypatch.setattr(audit, "ask", lambda: nothing)

    assert audit.main() == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("audit")]
    assert line.startswith("audit: NOT DONE")


def test_packages_that_could_not_be_checked_are_named(audit):
    report = audit.read_report(answer(GOOD, SKIPPED))

    assert audit.sentence_of(report) == (
        "audit: 1 packages, 0 known weaknesses; NOT looked at: typst"
    )


def test_vendored_packages_are_listed_with_version_and_licence(audit, capsys):
    assert list(audit.print_vendored()) == []

    told = capsys.readouterr().out.splitlines()
    assert {line.split()[1] for line in told} == {"zxing-wasm", "vazirmatn", "axe-core"}
    assert all("(" in line and any(c.isdigit() for c in line) for line in told)


def test_a_vendored_package_without_row_or_licence_fails_the_audit(
    audit, monkeypatch, capsys, tmp_path
):
    (tmp_path / "README.md").write_text("| `a/` | `a` 1.2: `a.js` | MIT (`LICENSE`) | all |\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    monkeypatch.setattr(audit, "VENDORED", (tmp_path,))
    monkeypatch.setattr(audit, "ask", lambda: answer(GOOD))

    assert audit.main() == 1
    told = capsys.readouterr().out
    assert "a has no licence beside it" in told
    assert "b is vendored without a row" in told
