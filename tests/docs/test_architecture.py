"""Each folder is in the picture of the architecture, and each file that the pages name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
#: in the code's folders, but no subject of the event
NO_SUBJECT = {"site", "api", "asgi"}


def subjects_of(floor: str) -> set[str]:
    """The folders of a floor that hold code."""
    folders = {file.parent.name for file in (ROOT / floor).glob("*/*.py")}
    return {name for name in folders if not name.startswith("__")}


@pytest.mark.parametrize(
    "floor", ["checkin/domain", "checkin/services", "checkin/web", "tests/services"]
)
def test_each_folder_is_a_subject_of_the_table(floor):
    told = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))

    assert subjects_of(floor) - NO_SUBJECT <= told


def test_each_subject_of_the_services_has_its_place_in_the_picture():
    picture = PAGE.split("```")[1]

    assert {one for one in subjects_of("checkin/services") if one not in picture} == set()


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/moved-files.md", "README.md"])
def test_each_file_that_is_named_exists(page):
    text = (ROOT / page).read_text("utf-8")
    named = set(re.findall(r"`((?:checkin|scanner|badges|templates|tests)/[\w./-]+\.\w+)`", text))

    assert {file for file in named if not (ROOT / file).exists()} == set()
