"""What the system tells of the computer's battery, in the files and words that it uses."""

import pytest

from checkin.domain.gates.battery import Battery
from scanner.core.battery import battery, of_pmset


@pytest.fixture
def supply(tmp_path):
    def made(name, **files):
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / file).write_text(f"{text}\n")
        return tmp_path

    return made


def test_a_laptop_without_its_cable_says_so(supply):
    supply("AC", type="Mains", online="0")
    folder = supply("BAT0", type="Battery", status="Discharging", capacity="17")

    assert battery("linux", folder) == Battery(17, is_charging=False)


def test_two_batteries_are_one_and_that_of_a_mouse_is_none(supply):
    supply("BAT0", type="Battery", status="Not charging", capacity="100")
    supply("BAT1", type="Battery", status="Charging", capacity="51")
    folder = supply("mouse", type="Battery", scope="Device", status="Discharging", capacity="5")

    assert battery("linux", folder) == Battery(76, is_charging=True)


def test_a_computer_without_a_battery_tells_none(supply, tmp_path):
    assert battery("linux", tmp_path / "absent") is None
    # A supply that goes away while it is read, and one that has no answer now.
    supply("BAT0", type="Battery")
    assert battery("linux", supply("BAT1", type="Battery", capacity="?")) is None


def test_what_macos_says_is_read():
    on_battery = (
        "Now drawing from 'Battery Power'\n"
        " -InternalBattery-0 (id=4522083)\t18%; discharging; 0:41 remaining present: true\n"
    )

    assert of_pmset(on_battery) == Battery(18, is_charging=False)
    assert of_pmset(on_battery.replace("discharging", "charging")) == Battery(18, is_charging=True)
    assert of_pmset("Now drawing from 'AC Power'\n") is None
