"""What the keys of the window do, without the window."""

import pytest

from scanner.core.scan import Scan, Verdict
from scanner.gate.station import Station
from scanner.offline.spool import Spool
from scanner.window.commands import Commands
from scanner.window.counter import Counter
from scanner.window.state import Screen, after, at_time
from tests.scanner.decode.pictures import a_code

ONE = a_code(1)
ADMITTED = Verdict(Scan(code=ONE), "ok", None, "", participant={"name": "Amina Alaoui"})


class NoRequests:
    """Stands for the requests to the server, none of which is made here."""


@pytest.fixture
def annulled():
    return []


@pytest.fixture
def commands(tmp_path, annulled):
    spool = Spool(tmp_path)
    station = Station(spool, lambda scan: None, tell=pytest.fail)
    counter = Counter(NoRequests(), station, pytest.fail, pytest.fail, pytest.fail)
    yield Commands(station, counter, lambda scan_id, why: annulled.append(scan_id))
    counter.background_tasks.close()
    spool.close()


def press(commands, screen, *keys, at_s=10.0):
    """Press keys as a hand does: each is certain before the next one."""
    for key in keys:
        screen = commands.typed(screen, [(key, at_s)], at_s)
        screen = commands.typed(screen, [], at_s + 0.2)
        at_s += 0.3
    return screen


def test_single_keys_switch_what_they_say(commands):
    screen = press(commands, Screen(), "m", "s", "e", "l", "?")

    assert (screen.is_mirrored, screen.is_muted, screen.type) == (True, True, "exit")
    assert (screen.language, screen.is_helping) == ("ar", True)
    assert not press(commands, screen, "x").is_helping


def test_z_takes_the_last_admission_back_once_there_is_one(commands, annulled):
    nothing = press(commands, Screen(), "z")
    admitted = after(Screen(), ADMITTED, 1)
    press(commands, admitted, "z", "z")

    assert nothing.notice == ("nothing_to_annul", ())
    assert annulled == [ADMITTED.scan.scan_id]


def test_z_asks_first_and_names_the_person(commands, annulled):
    asked = press(commands, after(Screen(), ADMITTED, 1), "z")

    key, details = asked.notice
    assert (key, dict(details)["name"], annulled) == ("annul_again", "Amina Alaoui", [])


def test_z_asks_again_once_another_person_was_admitted_or_time_has_passed(commands, annulled):
    asked = press(commands, after(Screen(), ADMITTED, 1), "z")
    other = Verdict(Scan(code=ONE), "ok", None, "", participant={"name": "Driss Tazi"})

    press(commands, after(asked, other, 11), "z")
    press(commands, at_time(asked, 60), "z")

    assert annulled == []


def test_q_ends_at_once(commands):
    press(commands, Screen(), "q")

    assert commands.is_over


def test_q_asks_once_more_while_a_registration_was_not_sent(commands):
    asked = press(commands, Screen(drafts=1), "q")
    over_at_first = commands.is_over
    press(commands, asked, "q")

    assert (over_at_first, asked.notice[0], commands.is_over) == (False, "drafts_unsent", True)


def test_half_a_code_from_a_hand_scanner_asks_for_the_badge_again(commands):
    wrong = "0" if ONE[-1] != "0" else "1"
    keys = [(letter, 10 + n / 1000) for n, letter in enumerate(ONE[:-1] + wrong)]
    screen = commands.typed(Screen(), keys, 10.2)

    assert commands.typed(screen, [], 10.4).notice[0] == "again"
