"""The choice of a day on the board: the present one is live, an earlier one and all are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support import factories
from tests.support.factories import NOW

BOARD = "/events/rabat-2025/board"
SCRIPT = "js/board/board.js"
#: of the nav's links, in their order
CHOICES = ("board?day=1", "board", "board?day=all")


@pytest.fixture
def two_days(database, event):
    """One of three people came on both days, one on the second; nobody comes on a third one."""
    factories.a_further_day(database, event)
    later = datetime.now(UTC) + timedelta(days=4000)
    ends = later + timedelta(hours=4)
    factories.a_further_day(database, event, 3, starts_at=later, ends_at=ends)
    device = factories.a_device(database, event)
    delegation = factories.a_delegation(database, event, "Salé", quota=3)
    both, second, _nobody = factories.badges(database, event, 3, delegation=delegation)
    for code, days in ((both, 0), (both, 1), (second, 1)):
        factories.scan(database, device, code, at=NOW + timedelta(days=days))


def chosen(page):
    """Which of the choices a page offers, and which of them it says to be the page's own."""
    nav = page.partition("day-choice")[2].partition("</nav>")[0]
    links = [f'href="/events/rabat-2025/{one}"' for one in CHOICES]
    assert [nav.count(one) for one in ("<a ", *links)] == [3, 1, 1, 1]
    return [f'{one} aria-current="page"' in nav for one in links]


def figures(page, *names):
    return [page.partition(f'data-total="{name}">')[2].partition("<")[0] for name in names]


def test_the_present_day_is_live_and_an_earlier_one_and_all_days_say_that_they_are_not(
    organiser, two_days
):
    live, earlier, everything = (
        organiser.read(f"{BOARD}?lang=en{more}") for more in ("", "&day=1", "&day=all")
    )

    assert [chosen(page) for page in (earlier, live, everything)] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]
    assert [SCRIPT in page for page in (live, earlier, everything)] == [True, False, False]
    assert ["not live: figures of" in page for page in (live, earlier, everything)] == [
        False,
        True,
        True,
    ]
    assert figures(live, "arrived", "missing") == ["2", "1"]
    assert figures(earlier, "arrived", "missing") == ["1", "2"]
    assert figures(everything, "people", "arrivals", "missing") == ["2", "3", "1"]
    assert SCRIPT in organiser.read(f"{BOARD}?day=2"), "the present day, by its number"


def test_what_is_of_the_moment_only_is_not_on_the_board_of_an_earlier_day(organiser, two_days):
    live, earlier = organiser.read(f"{BOARD}?lang=en"), organiser.read(f"{BOARD}?day=1&lang=en")

    for part in ("Inside now", "Devices online", 'id="forecast"'):
        assert (part in live, part in earlier) == (True, False), part


@pytest.mark.parametrize("day", ["3", "4", "0", "one"])
def test_a_day_that_there_is_not_or_that_has_not_come_is_not_found(organiser, two_days, day):
    assert organiser.open(f"{BOARD}?day={day}").status_code == 404


def test_the_wall_is_of_the_present_day_and_has_no_choice(organiser, two_days):
    page = organiser.read(f"{BOARD}?wall=1&day=1&lang=en")

    assert "Day 2 of 3" in page
    assert "day-choice" not in page
    assert SCRIPT in page


def test_an_event_of_one_day_offers_no_choice(organiser, event):
    assert "day-choice" not in organiser.read(BOARD)


def test_the_board_tells_from_when_the_reserve_list_is_admitted_on_the_day_that_it_shows(
    organiser, database, event
):
    today = NOW + timedelta(days=1)
    with database.write() as session:
        session.get(type(event), event.id).reserve_from = NOW
    factories.a_further_day(database, event, reserve_from=today)

    first, second = (organiser.read(f"{BOARD}?lang=en{more}") for more in ("&day=1", ""))

    sentence = "whoever of the reserve list stands at a gate"
    assert [sentence in page for page in (first, second)] == [False, True]
