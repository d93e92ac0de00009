"""The keys of a gate are the same in the help of the page and of the window, and on the card."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from badges.volunteer_card import volunteer_card_data
from checkin.words.gate_keys import GATE_KEYS
from checkin.words.languages import LANGUAGES
from scanner.window.drawing.panel import help_keys

STATION = Path(__file__).parents[3] / "checkin" / "static" / "js" / "scan" / "station.js"
#: the letters of the keys; the first key is the space
LETTERS = {" ", *(key for key, _does in GATE_KEYS[1:])}


@pytest.fixture
def databases(sqlite_databases):
    """What is said is the same on every database."""
    return sqlite_databases


def keys_on(app, address):
    page = app.test_client().get(address).text
    rows = re.findall(r"<dt><kbd>(.+?)</kbd></dt><dd>(.+?)</dd>", page)
    return [(unescape(key), unescape(does)) for key, does in rows]


def test_page_window_and_card_name_the_same_keys_in_every_language(app, event):
    printed = {part["lang"]: part["keys"] for part in volunteer_card_data()["parts"]}

    for language in LANGUAGES:
        *window, sends_again, quits = help_keys(language)
        named = [keys_on(app, f"{page}?lang={language}") for page in ("/scan", "/help")]
        if language in printed:
            named.append([(one["key"], one["meaning"]) for one in printed[language]])
        assert named == [window] * len(named)
        assert (sends_again[0], quits[0]) == ("R", "Q")  # buttons, in the page


def test_the_page_hears_exactly_the_keys_that_its_help_names():
    commands = re.search(r"#commands = \{(.*?)^  \};", STATION.read_text("utf-8"), re.S | re.M)
    heard = re.findall(r'^    "?(.|Escape)"?: ', commands[1], re.M)

    assert set(heard) - {"Escape"} == LETTERS
