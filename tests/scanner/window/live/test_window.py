"""What the window shows of verdicts, and the keys that need no form."""

import pytest

from scanner.core.scan import Kind, ref_of
from scanner.window.drawing.card import COLOURS
from scanner.words import say
from tests.scanner.decode.pictures import a_code, qr, scene
from tests.scanner.server.fake_server import TOKEN
from tests.scanner.window.live import seen_window
from tests.scanner.window.live.seen_window import (
    ONE,
    TWO,
    UNKNOWN,
    bodies,
    needs_a_screen,
    quit_with,
)
from tests.support.waiting import wait_for

screen, server, window = seen_window.screen, seen_window.server, seen_window.window
pytestmark = needs_a_screen


def test_green_comes_and_goes_by_itself_and_q_quits(screen, window):
    with window([scene(qr(ONE))]) as process:
        screen.shows(Kind.ADMITTED)
        screen.shows_no_card()

        unsealed = say("fr", "token_not_sealed")
        assert quit_with(screen, process, "q") == (0, f"Associé à la porte Porte A.\n{unsealed}\n")


def test_red_waits_for_a_key(screen, window):
    with window([scene(qr(UNKNOWN))]) as process:
        screen.shows(Kind.REFUSED)
        with pytest.raises(AssertionError, match="waited in vain"):
            wait_for(lambda: screen.colour(0.755, 0.88) != COLOURS[Kind.REFUSED].card, "", 4)
        screen.press("space")
        screen.shows_no_card()

        assert quit_with(screen, process, "Escape")[0] == 0


def test_a_badge_that_is_held_stays_green_one_that_comes_back_says_so_and_the_list_keeps_it(
    screen, window, server
):
    foreign = scene(qr("https://example.org"))
    held, away = [scene(qr(ONE))] * 4, [scene()] * 4
    with window([*held, *away, scene(qr(ONE)), foreign]) as process:
        screen.shows(Kind.ADMITTED)
        screen.shows(Kind.ALREADY)
        screen.shows(Kind.REFUSED)
        listed = screen.colour(0.775, 0.12)

        assert quit_with(screen, process, "q")[0] == 0
    assert listed == COLOURS[Kind.ADMITTED].card
    assert bodies(server) == [(ONE, "camera")]


def test_l_mirrors_the_card_for_arabic(screen, window, server):
    server.first[ONE] = "2025-06-14T14:12:03Z"
    with window([scene(qr(ONE))]) as process:
        screen.shows(Kind.ALREADY)
        screen.press("l")
        screen.shows(Kind.ALREADY, x=0.245)

        assert quit_with(screen, process, "q")[0] == 0


def test_e_turns_to_exit_and_z_takes_the_last_admission_back(screen, window, server):
    # Three seconds of an empty gate: time for the key before the badge comes.
    with window([*[scene()] * 3, *[scene(qr(ONE))] * 2]) as process:
        wait_for(lambda: screen.colour(0.5, 0.3) != "#000000", "the camera")
        screen.press("e")
        screen.shows(Kind.ADMITTED)
        screen.press("z")
        screen.press("Return")
        wait_for(lambda: server.annulled, "the annulment")
        screen.shows_no_card()

        assert quit_with(screen, process, "q")[0] == 0
    assert [body["type"] for body, _ in server.answers.values()] == ["exit"]
    assert server.annulled == list(server.answers)


def test_without_a_server_the_verdict_is_blue_and_confirmed_when_it_returns(screen, window, server):
    server.mood = "broken"
    with window([scene(qr(ONE))], credentials=("--token", TOKEN)) as process:
        screen.shows(Kind.PENDING)
        server.mood = "well"
        wait_for(lambda: server.batches, "the waiting scan to be sent")

        assert quit_with(screen, process, "q")[0] == 0
    assert server.batches[0]["scans"][0]["badge_ref"] == ref_of(ONE)


def test_a_revoked_device_says_so_and_ends_with_a_fault(screen, window, server):
    server.mood = "revoked"
    with window([scene(qr(ONE))], credentials=("--token", TOKEN)) as process:
        screen.shows(Kind.REFUSED)
        code, said = quit_with(screen, process, "q")

    assert code == 2
    assert "--pair CODE" in said


def test_four_badges_held_up_at_once_have_four_cards(screen, window, server):
    server.first[TWO] = "2025-06-14T14:12:03Z"
    shown = scene(*(qr(code, 5) for code in (ONE, TWO, UNKNOWN, a_code(4))))
    with window([shown] * 6, "--language", "ar") as process:
        for kind in (Kind.ADMITTED, Kind.ALREADY, Kind.REFUSED):
            wait_for(lambda kind=kind: screen.has(COLOURS[kind].card), f"a tile for {kind}")

        assert quit_with(screen, process, "q")[0] == 0
    assert sorted(code for code, _ in bodies(server)) == sorted([ONE, TWO, UNKNOWN, a_code(4)])
