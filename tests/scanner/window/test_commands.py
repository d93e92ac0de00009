"""What the keys of the window do, without the window."""

import pytest

from checkin.domain.scanning.rehearsal import Practice
from scanner.core.scan import Scan, Verdict
from scanner.gate.station import Station
from scanner.offline.spool import Spool
from scanner.window.bus_desk import BusDesk
from scanner.window.commands import Commands
from scanner.window.counter import KEYS, Counter
from scanner.window.drawing.panel import help_keys
from scanner.window.idle import IdleGate
from scanner.window.state import Screen, after
from scanner.window.system.keyboard import ENTER, ESCAPE, Key
from tests.scanner.decode.pictures import a_code

ONE = a_code(1)
ADMITTED = Verdict(Scan(code=ONE), "ok", None, "", participant={"name": "Amina Alaoui"})


class NoRequests:
    """Stands for the requests to the server, none of which is made here."""


@pytest.fixture
def annulled():
    return []


@pytest.fixture
def practised():
    return []


@pytest.fixture
def sent_again():
    return []


@pytest.fixture
def commands(tmp_path, annulled, practised, sent_again):
    spool = Spool(tmp_path)
    station = Station(spool, lambda scan: None, tell=pytest.fail)
    counter = Counter(
        NoRequests(),
        station,
        pytest.fail,
        pytest.fail,
        pytest.fail,
        lambda scan_id, why: annulled.append(scan_id),
    )
    bus = BusDesk(pytest.fail, pytest.fail, pytest.fail, pytest.fail)
    yield Commands(station, counter, bus, practised.append, lambda: sent_again.append(True))
    bus.close()
    counter.background_tasks.close()
    spool.close()


def press(commands, screen, *keys, at_s=10.0):
    """Press keys as a hand does: each is certain before the next one."""
    for key in keys:
        screen = commands.typed(screen, [(Key(key), at_s)], at_s)
        screen = commands.typed(screen, [], at_s + 0.4)
        at_s += 0.5
    return screen


def test_the_window_hears_exactly_the_keys_that_its_help_names(commands):
    named = {" ", *(key for key, _does in help_keys("en")[1:])}
    aliases = {ENTER, ESCAPE, "؟"}

    assert {key.upper() for key in {*KEYS, *commands.acts} - aliases} == named


def test_single_keys_switch_what_they_say(commands):
    screen = press(commands, Screen(), "m", "s", "e", "l", "?")

    assert (screen.is_mirrored, screen.is_muted, screen.type) == (True, True, "exit")
    assert (screen.language, screen.is_helping) == ("ar", True)
    assert not press(commands, screen, "x").is_helping


def test_the_help_has_the_volunteer_s_card_behind_the_keys(commands):
    screens = [press(commands, Screen(), *["?"] * times) for times in (1, 2, 3)]

    shown = [(screen.is_helping, screen.is_card_shown) for screen in screens]
    assert shown == [(True, False), (True, True), (False, False)]


def test_p_shows_practice_badges_in_turn_while_nobody_comes(commands, practised):
    press(commands, Screen(idle=IdleGate()), "p", "p")
    refused = press(commands, Screen(), "p")

    assert practised == [Practice.ADMITTED, Practice.ALREADY_IN]
    assert refused.notice[0] == "practice_later"


OTHER = Verdict(Scan(code=ONE), "ok", None, "", participant={"name": "Driss Tazi"})


def test_z_names_whom_it_takes_back_and_the_arrows_choose_among_the_last_scans(commands, annulled):
    assert press(commands, Screen(), "z").notice == ("nothing_to_annul", ())
    screen = after(after(Screen(), ADMITTED, 1), OTHER, 2)

    asked = press(commands, screen, "z")
    nobody_yet = list(annulled)
    press(commands, asked, "down", "enter")
    press(commands, asked, "enter")

    assert [option.label for option in asked.form.options] == ["Driss Tazi", "Amina Alaoui"]
    assert (nobody_yet, annulled) == ([], [ADMITTED.scan.scan_id, OTHER.scan.scan_id])


def test_escape_keeps_the_scan(commands, annulled):
    kept = press(commands, after(Screen(), ADMITTED, 1), "z", "escape")

    assert (kept.form, annulled) == (None, [])


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
    keys = [(Key(letter), 10 + n / 1000) for n, letter in enumerate(ONE[:-1] + wrong)]
    screen = commands.typed(Screen(), keys, 10.2)

    assert commands.typed(screen, [], 10.6).notice[0] == "again"


def test_r_sends_again_what_is_set_aside_and_nothing_else(commands, sent_again):
    press(commands, Screen(), "r")
    assert sent_again == []

    press(commands, Screen(aside=2), "r")

    assert sent_again == [True]
