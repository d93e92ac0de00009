"""The strip along the bottom of the window."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from scanner.server.events import LinkSeen
from scanner.server.refresh import Freshness
from scanner.window.clock import minutes_text
from scanner.window.drawing.strip import STRIP_PX, Cell, cells_of, strip_image
from scanner.window.state import Screen, after

AMBER = (0xFB, 0xBF, 0x24)
FRESH = Freshness(timedelta(seconds=20), False, -0.4, False)
OLD = Freshness(timedelta(minutes=42, seconds=59), True, 75.2, True)


def values(screen):
    return {cell.label: cell.shown for cell in cells_of(screen)}


def warning(screen):
    return [cell.label for cell in cells_of(screen) if cell.warns]


def test_the_strip_shows_gate_connection_list_waiting_scans_clock_and_counts():
    screen = Screen("en", "Porte 1", waiting=3, admitted=37, arrived=(412, 1000), freshness=FRESH)

    assert values(screen) == {
        "Gate": "Porte 1",
        "Network": "Online",
        "List": "< 1 min",
        "Waiting": "3",
        "Clock": "0 s",
        "Entries here": "37",
        "Arrived, all gates": "412 / 1000",
    }
    assert warning(screen) == []


def test_more_arrivals_than_places_are_said_to_be_by_override():
    screen = Screen("en", "Porte 1", arrived=(1001, 1000), freshness=FRESH)

    assert values(screen)["Arrived, with overrides"] == "1001 / 1000"


def test_an_old_list_a_wrong_clock_a_low_battery_and_scans_set_aside_warn():
    screen = Screen("fr", "Porte 1", online=False, aside=2, is_muted=True, freshness=OLD)
    screen = replace(screen, low_battery=14)

    assert warning(screen) == ["Liste", "Horloge", "Batterie", "Mis de côté"]
    assert values(screen) == {
        "Porte": "Porte 1",
        "Réseau": "Hors ligne",
        "Liste": "! 42 min",
        "À envoyer": "0",
        "Horloge": "! 75 s",
        "Entrées ici": "0",
        "Batterie": "! 14 %",
        "Mis de côté": "! 2 · R",
        "Son": "coupé",
    }


@pytest.mark.parametrize(
    ("language", "label", "shown"),
    [("en", "List", "3 of 59"), ("fr", "Liste", "3 sur 59"), ("ar", "اللائحة", "3 من 59")],
)
def test_a_list_that_is_arriving_says_how_far_it_is(language, label, shown):
    coming = Freshness(None, False, 0.0, False, coming=(3, 59))
    screen = Screen(language, "Porte 1", freshness=coming)

    assert plain(values(screen)[label]) == shown
    assert warning(screen) == []


def test_a_list_that_is_arriving_warns_while_the_network_is_away_or_the_one_before_is_old():
    coming = Freshness(None, False, 0.0, False, coming=(3, 59))
    cut = Screen("en", "Porte 1", online=False, freshness=coming)
    old = Screen("en", "Porte 1", freshness=replace(OLD, clock_off=False, coming=(3, 59)))

    assert (values(cut)["List"], values(old)["List"]) == ("! none", "! 3 of 59")


def plain(text):
    """Return a text without the marks of direction around its numbers."""
    return text.translate(dict.fromkeys(range(0x2066, 0x206A)))


def test_a_gate_without_a_list_is_warned_and_one_that_has_not_asked_yet_is_not():
    asked, cut = Screen(freshness=Freshness()), Screen(online=False, freshness=Freshness())

    assert warning(cut) == ["Liste"]
    assert warning(asked) == warning(Screen()) == []


def test_the_strip_shows_whether_the_server_is_connected():
    counts = {"totals": {"arrived": 412, "quota": 1000}, "gates": []}
    seen = after(Screen(), LinkSeen(online=True, counts=counts, freshness=FRESH), 0)
    quiet = after(seen, LinkSeen(online=True, freshness=OLD), 1)
    cut = after(quiet, LinkSeen(online=False, freshness=OLD), 2)

    assert [(s.online, s.arrived, s.freshness) for s in (seen, quiet, cut)] == [
        (True, (412, 1000), FRESH),
        (True, (412, 1000), OLD),
        (False, None, OLD),
    ]


def test_the_gate_is_the_one_that_the_server_names():
    counts = {
        "device": {"gate": {"id": 7, "name": "Porte A"}},
        "gates": [{"id": 7, "arrived": 12}, {"id": 8, "arrived": 99}],
    }
    screen = after(Screen(gate="", gate_id=None), LinkSeen(online=True, counts=counts), 0)

    assert (screen.gate, screen.gate_id, screen.admitted) == ("Porte A", 7, 12)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(1, "1 min"), (99, "99 min"), (125, "2 h 05"), (3 * 24 * 60, "3 j")],
)
def test_spans_are_told_in_the_unit_that_fits(minutes, said):
    assert minutes_text("fr", minutes) == said


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_everything_at_once_fits_and_warns_by_more_than_colour(language):
    screen = Screen(
        language,
        "Porte des officiels",
        type="exit",
        online=False,
        waiting=12_345,
        aside=12,
        admitted=1_234,
        is_muted=True,
        freshness=OLD,
    )
    image = np.asarray(strip_image(screen, 1280))

    assert image.shape == (STRIP_PX, 1280, 3)
    assert (image == AMBER).all(axis=2).sum() > 3 * 40 * STRIP_PX
    assert all(cell.shown.startswith("! ") for cell in cells_of(screen) if cell.warns)
    for edge in (image[:2], image[-2:]):  # nothing is cut above or below
        assert len(np.unique(edge.reshape(-1, 3), axis=0)) <= 3


def test_arabic_begins_on_the_right():
    french, arabic = (
        np.asarray(strip_image(Screen(language, type="exit"), 1280)) for language in ("fr", "ar")
    )

    violet = (0x7C, 0x3A, 0xED)
    assert (french[0, :190] == violet).all()
    assert (arabic[0, -190:] == violet).all()


def test_a_cell_that_does_not_warn_is_its_value():
    assert Cell("List", "3 min").shown == "3 min"
