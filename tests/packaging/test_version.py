"""Commands, scanners, pages and the changelog report the same version."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from checkin.protocol.version import VERSION
from scanner.server.http_link import SOFTWARE, HttpLink

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
#: read by a hall from afar; nothing stands on it that is not about arrivals
WITHOUT_A_FOOT = {"board/board_wall.html"}


def test_the_newest_changelog_section_has_the_present_version():
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")

    heads = re.findall(r"^## (.+)$", changelog, re.MULTILINE)

    assert heads[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(VERSION)} \(\d{{4}}-\d\d-\d\d\)", heads[1])


@pytest.mark.parametrize(("room", "name"), [("checkin", "marhaba"), ("scanner", "marhaba-scanner")])
def test_a_checkout_reports_its_version(room, name):
    told = subprocess.run(
        [sys.executable, "-m", room, "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert told.stdout == f"{name} {VERSION}\n"


def test_the_scanner_reports_its_version():
    line = HttpLink("http://localhost")

    assert f"marhaba-scanner/{VERSION}" == SOFTWARE
    assert line._session.headers["User-Agent"] == SOFTWARE


def test_every_page_but_the_wall_board_shows_the_version_in_its_footer():
    pages = {
        path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8")
        for path in TEMPLATES.rglob("*.html")
        if "email" not in path.parts
    }

    whole = {name for name, text in pages.items() if "<!doctype html>" in text}
    silent = {name for name in whole if "Marhaba {{ version }}" not in pages[name]}
    without = {name for name, text in pages.items() if name not in whole and "block foot" in text}

    assert "base.html" in whole
    assert (silent, without) == (set(), WITHOUT_A_FOOT)
