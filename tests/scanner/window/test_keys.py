"""What keys mean in the window: the vectors that the scan page shares, and this system's keys."""

import itertools
import json
from pathlib import Path

import pytest

from checkin.protocol.codes import group_for_people, parse_code
from scanner.camera.names import CameraName, cameras
from scanner.core.typed import code_letter, is_whole_code, meant_code, meant_key
from scanner.window.commands import AT_ONCE
from scanner.window.keys import Burst, KeyCollector
from scanner.window.system.keyboard import Key, key_named, place_of
from tests.scanner.decode.pictures import a_code

CODE = a_code(0xC0FFEE << 40)
VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "keys.json").read_text("utf-8"))
PLACES = VECTORS["places"]
LAYOUTS = {
    name: dict(zip(PLACES, signs.split(" "), strict=True))
    for name, signs in VECTORS["layouts"].items()
}
ENDS = {"none": [], "Enter": ["Enter"], "Tab": ["Tab"], "Enter Enter": ["Enter", "Enter"]}
NAMES = {"Enter": "enter", "Tab": "tab"}


def test_the_commands_that_act_at_once_are_those_of_the_scan_page():
    assert set(VECTORS["opening"]) == AT_ONCE


def told(keys, *, asked_ms=None, in_form=False):
    """What is understood of keys (ms, written, place): codes and texts, and commands."""
    collector, events = KeyCollector(frozenset(VECTORS["opening"])), []
    for at_ms, name, place in keys:
        key = Key(NAMES.get(name, name), place)
        events += collector.pressed(key, 10 + at_ms / 1000, in_form=in_form)
    asked_s = 99 if asked_ms is None else 10 + asked_ms / 1000
    return [meaning(e) for e in events + collector.at_time(asked_s, in_form=in_form)]


def meaning(event):
    if isinstance(event, Burst):
        code = meant_code(event.text, event.places)
        return event.text if parse_code(code) is None else code
    return meant_key(event.name, event.place)


def scanned(pressed, layout, every_ms, end="none"):
    """A hand scanner's keys (ms, written, place) on a computer with this layout."""
    keys = [(LAYOUTS[layout][place], place) for place in pressed]
    keys += [(name, "") for name in ENDS[end]]
    return [(number * every_ms, *key) for number, key in enumerate(keys)]


def stream(case):
    if "keys" in case:
        return case["keys"]
    keys = [(sign, sign if sign in PLACES else "") for sign in case["text"]]
    keys += [(name, "") for name in ENDS[case["suffix"]]]
    return [(number * case["every_ms"], *key) for number, key in enumerate(keys)]


def test_every_layout_pace_and_line_end_gives_the_code_and_no_command():
    ways = list(itertools.product(LAYOUTS, VECTORS["every_ms"], VECTORS["suffixes"]))

    heard = {way: [told(scanned(code, *way)) for code in VECTORS["codes"]] for way in ways}

    assert heard == {way: [[code] for code in VECTORS["codes"]] for way in ways}
    assert {c for code in VECTORS["codes"] for c in code} == set(PLACES) - {";"}


def test_a_hand_scanner_set_to_french_is_understood_on_every_layout():
    french = dict(zip(PLACES, VECTORS["french_places"], strict=False))

    heard = {
        layout: [told(scanned([french[c] for c in code], layout, 10)) for code in VECTORS["codes"]]
        for layout in LAYOUTS
    }

    assert heard == {layout: [[code] for code in VECTORS["codes"]] for layout in LAYOUTS}


def test_what_was_written_is_enough_where_the_places_are_not_told():
    for signs in LAYOUTS.values():
        texts = ["".join(signs[c] for c in code) for code in VECTORS["codes"]]
        assert [meant_code(text) for text in texts] == VECTORS["codes"]


@pytest.mark.parametrize("case", VECTORS["streams"], ids=lambda case: case["name"])
def test_streams_of_keys_mean_what_the_shared_vectors_say(case):
    assert told(stream(case), asked_ms=case.get("asked_ms")) == case["told"]


def test_in_a_form_letters_come_at_once_and_a_hand_scanner_is_still_a_code():
    typed = [(number * 150, letter, letter.upper()) for number, letter in enumerate("mariam")]

    assert told(typed, in_form=True) == [*"mariam"]
    assert told(scanned(CODE, "ara, Shift", 10, "Enter"), in_form=True) == [CODE]


def test_a_code_is_taken_at_its_last_letter_and_not_before():
    collector = KeyCollector()

    out = [collector.pressed(Key(letter), n * 0.3) for n, letter in enumerate(CODE)]

    assert out == [[]] * 28 + [[Burst(CODE)]]
    assert not is_whole_code(CODE[1:])


def test_groups_spaces_and_a_lost_first_letter_are_forgiven():
    assert meant_code(f" {group_for_people(CODE).lower()} ") == CODE
    assert meant_code(CODE[1:]) == CODE


def test_what_is_no_code_stays_what_it_was():
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")

    assert [meant_code(wrong), meant_code("hello")] == [wrong, "HE110"]


def test_where_only_a_code_can_be_meant_other_letters_give_way_to_their_keys():
    pairs = [("é", "2"), ("ؤ", "C"), ("a", "Q"), ("-", "6"), ("é", ""), ("enter", "")]

    assert [code_letter(*pair) for pair in pairs] == ["2", "C", "a", "-", "é", "enter"]


def test_keys_of_x11_have_their_places_whatever_they_write():
    # Q, the French M, the comma, 0 above the letters and on the keypad, and a key that no code has.
    assert [place_of(code) for code in (24, 47, 59, 19, 90, 65)] == ["Q", ";", ",", "0", "0", ""]


def test_keys_of_x11_windows_and_macos_have_the_same_names():
    assert [key_named(n) for n in (13, 27, 8, 127, 9, 0xFF52, 0x260000, 63232)] == [
        "enter",
        "escape",
        "backspace",
        "backspace",
        "tab",
        "up",
        "up",
        "up",
    ]


def test_letters_of_three_alphabets_are_letters_and_shift_is_nothing():
    # é in Latin-1, alef and sheen as X11 numbers them, lam-alef and yaz by their code points.
    numbers = (ord("a"), 0xE9, 0x5C7, 0x5D4, 0x0100FEFB, 0x01002D63, 0xFFB7)

    assert [key_named(n) for n in numbers] == ["a", "é", "ا", "ش", "ﻻ", "ⵣ", "7"]
    assert [key_named(n) for n in (-1, 0xFFE1, 0xFFE5, 0, 0x5FF)] == [None] * 5


def test_linux_cameras_have_their_names_without_their_second_devices(tmp_path):
    nodes = {"video2": ("HD Caméra USB", "0"), "video0": ("Integrated", "0"), "video1": ("X", "1")}
    for node, (name, index) in nodes.items():
        (tmp_path / node).mkdir()
        (tmp_path / node / "name").write_text(f"{name}\n")
        (tmp_path / node / "index").write_text(f"{index}\n")
    (tmp_path / "video9").mkdir()  # it went away while it was looked at

    assert cameras(tmp_path, "linux") == [
        CameraName(0, "Integrated"),
        CameraName(2, "HD Caméra USB"),
        CameraName(9, ""),
    ]
    assert cameras(tmp_path / "none", "linux") == []


def test_elsewhere_cameras_are_numbers(tmp_path):
    assert cameras(tmp_path, "win32") == [CameraName(n) for n in range(4)]
