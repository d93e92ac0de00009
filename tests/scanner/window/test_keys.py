import pytest

from checkin.protocol.codes import group_for_people
from scanner.camera.names import CameraName, cameras
from scanner.core.typed import meant_code, meant_key
from scanner.window.keyboard import key_named
from scanner.window.keys import GAP_S, Burst, Key, KeyCollector
from tests.scanner.decode.pictures import a_code

CODE = a_code(0xC0FFEE << 40)
US = "1234567890qwertyuiopasdfghjklzxcvbnm"
FRENCH = "&é\"'(-è_çàazertyuiopqsdfghjklwxcvbn,"
ARABIC = "1234567890ضصثقفغعهخحشسيبلاتنمئءؤرﻻىة"


def typed(collector, names, every_s, start_s=0.0):
    """What comes out when `names` are pressed `every_s` apart, up to one second after the last."""
    out = []
    for number, name in enumerate(names):
        out += collector.pressed(name, start_s + number * every_s)
    return out + collector.at_time(start_s + len(names) * every_s + 1)


def on_layout(layout, code=CODE):
    return code.lower().translate(str.maketrans(US, layout))


@pytest.mark.parametrize("end", [[], ["enter"]])
@pytest.mark.parametrize("every_s", [0.001, 0.016, 0.05])
def test_a_hand_scanner_is_one_burst_with_or_without_enter(end, every_s):
    assert typed(KeyCollector(), [*CODE.lower(), *end], every_s) == [Burst(CODE.lower())]


def test_a_code_is_taken_at_its_last_letter():
    collector = KeyCollector()

    out = [collector.pressed(letter, n * 0.01) for n, letter in enumerate(CODE)]

    assert out == [[]] * 28 + [[Burst(CODE)]]


def test_a_persons_keys_stay_single_keys_in_order():
    assert typed(KeyCollector(), ["e", "m", "enter", "l"], 0.2) == [
        Key("e"),
        Key("m"),
        Key("enter"),
        Key("l"),
    ]


def test_two_keys_hit_at_once_are_two_keys_and_enter_stays_a_key():
    assert typed(KeyCollector(), ["e", "l", "enter"], 0.02) == [Key("e"), Key("l"), Key("enter")]


def test_a_key_waits_until_nothing_can_follow():
    collector = KeyCollector()

    assert collector.pressed("m", 10) == []
    assert collector.at_time(10 + GAP_S - 0.01) == []
    assert collector.at_time(10 + GAP_S + 0.01) == [Key("m")]


def test_half_a_code_is_still_a_burst_and_not_commands():
    assert typed(KeyCollector(), [*CODE[:12], "enter"], 0.01) == [Burst(CODE[:12])]


def test_two_codes_one_after_the_other_are_two_bursts():
    other = a_code(7)

    assert typed(KeyCollector(), [*CODE, "enter", *other, "enter"], 0.01) == [
        Burst(CODE),
        Burst(other),
    ]


@pytest.mark.parametrize("layout", [US, FRENCH, ARABIC])
def test_a_code_is_understood_whatever_layout_the_computer_has(layout):
    assert meant_code(on_layout(layout)) == CODE


def test_capitals_on_a_french_keyboard_and_french_digits_alone_are_understood():
    digits = str.maketrans("1234567890", "&é\"'(-è_çà")
    capitals = on_layout(FRENCH).upper().replace(",", "?")

    assert [meant_code(CODE.translate(digits)), meant_code(capitals)] == [CODE, CODE]


def test_groups_spaces_and_a_lost_first_letter_are_forgiven():
    assert meant_code(f" {group_for_people(CODE).lower()} ") == CODE
    assert meant_code(CODE[1:]) == CODE


def test_what_is_no_code_stays_what_it_was():
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")

    assert [meant_code(wrong), meant_code("hello")] == [wrong, "HE110"]


def test_commands_work_on_an_arabic_layout():
    # The keys that say E, L and Z on the other layout of the same keyboard.
    assert [meant_key(letter) for letter in "ثمئE?"] == ["e", "l", "z", "e", "?"]


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
