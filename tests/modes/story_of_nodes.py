"""The first day with several nodes, in the middle of which one is killed, as is the worker, and
PostgreSQL restarts: people at the gates notice nothing but a delay, and nothing happens twice.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Page

from checkin.db.models import JobState
from tests.browser.gates.stations import VERDICT, type_code, wait_for_list
from tests.browser.gates.webcam import Chromium
from tests.modes.counted import (
    attempts_of_jobs,
    boards_at,
    every_board_shows,
    every_scan_is_counted_once,
)
from tests.modes.gates import Gates, gates_of
from tests.modes.several_nodes import SeveralNodes
from tests.modes.story import (
    AMINA,
    YOUSSEF,
    open_the_board,
    open_the_gate,
    prepared_event,
    read_at_the_second_gate,
    sign_out,
    take_the_list_home,
    the_badge_is_already_in,
    the_board_moves,
)
from tests.support.waiting import wait_for

#: enough that their badges are drawn for longer than a moment
CROWD = 400
#: as many of them have an address
MAILED = 20
#: scanned while a node dies, and while PostgreSQL restarts
_EARLY, _LATE = 120, 60
#: a worker is taken for dead after half a minute, and PostgreSQL may restart in the second attempt
_PDF_S = 240


def first_day_with_faults(
    mode: SeveralNodes, chromium: Chromium, *, gates_may_see: frozenset[str] = frozenset()
) -> None:
    """Play the whole day, and its faults.

    Args:
        gates_may_see: what the proxy may answer while a node dies; gates send such a scan again.
    """
    with prepared_event(mode, chromium) as event:
        page = event.page
        codes = bring_the_crowd(mode)
        board = open_the_board(event.office.context, page)
        station = open_the_gate(mode, chromium, page, event.amina)
        the_board_moves(board, to=1)
        wait_for_list(station)
        kill_the_worker_with_a_job(mode, page)
        gates = gates_of(mode, 3)
        with event.office.during_faults():
            kill_a_node_among_scans(mode, gates, codes[:_EARLY], gates_may_see)
            the_board_moves(board, to=1 + _EARLY)
            restart_postgresql_among_scans(mode, gates, codes[_EARLY : _EARLY + _LATE], station)
            arrived = 1 + _EARLY + _LATE
            the_board_moves(board, to=arrived)
        with boards_at(mode.surviving(), gates.tokens[0]) as boards:
            read_at_the_second_gate(mode, page, event.youssef, event.amina)
            every_board_shows(boards, arrived + 1)
        the_board_moves(board, to=arrived + 1)
        the_badge_is_already_in(station)
        take_the_badges_to_the_printer(mode, page)
        take_the_list_home(page, mode.files)
        sign_out(page)
    assert gates.verdicts() == {("ok", None): _EARLY + _LATE - 1}
    every_scan_is_counted_once(mode, gates, arrived + 1)
    every_badge_is_mailed_once(mode)


def bring_the_crowd(mode: SeveralNodes) -> list[str]:
    """Import many more people, let two senders mail badges at once, and return their codes."""
    lines = [
        f"Personne {number};Khémisset;{f'p{number}@example.org' if number < MAILED else ''}"
        for number in range(CROWD)
    ]
    file = mode.files / "crowd.csv"
    file.write_text("\n".join(["Nom complet;Délégation;E-mail", *lines]), "utf-8")
    mode.command("import", file)
    with ThreadPoolExecutor(2) as senders:
        list(senders.map(lambda _: mode.command("badges", "send"), range(2)))
    return [line["code"] for line in mode.codes() if line["name"].startswith("Personne ")]


def every_badge_is_mailed_once(mode: SeveralNodes) -> None:
    """Check who got a badge by mail."""
    crowd = [f"p{number}@example.org" for number in range(MAILED)]
    wanted = Counter([AMINA["email"], YOUSSEF["email"], *crowd])
    assert Counter(str(one["To"]) for one in mode.mail.taken()) == wanted


def kill_the_worker_with_a_job(mode: SeveralNodes, page: Page) -> None:
    """Ask for the badges of all as PDF, kill the worker that draws them, and start another."""
    open_the_badges_of_all(page)
    page.click("form[action$='/badges.pdf'] .button", no_wait_after=True)
    wait_for(lambda: attempts_of_jobs(mode, "badge_sheets") == _BEGUN, "the job to begin")
    mode.kill_worker()
    assert attempts_of_jobs(mode, "badge_sheets") == _BEGUN
    mode.start_worker()
    page.wait_for_selector("#state[data-going]")


def kill_a_node_among_scans(
    mode: SeveralNodes, gates: Gates, codes: list[str], gates_may_see: frozenset[str]
) -> None:
    """Kill a node while gates scan; the proxy goes on with the others."""
    with gates.scanning(codes):
        mode.kill_node(mode.nodes[0])
        assert gates.left
    assert set(gates.faults) <= gates_may_see


def restart_postgresql_among_scans(
    mode: SeveralNodes, gates: Gates, codes: list[str], station: Page
) -> None:
    """Restart PostgreSQL while gates scan; a browser at a gate decides by its list meanwhile."""
    *scanned, typed = codes

    def decide_alone() -> None:
        type_code(station, typed)
        station.wait_for_selector(f"{VERDICT}[data-kind=pending]")

    with gates.scanning(scanned):
        mode.restart_postgresql(decide_alone)


def open_the_badges_of_all(page: Page) -> None:
    """Open the page on which the badges of the whole event are asked for."""
    page.click(".top .tabs a[href$='/delegations']")
    page.click(".page-head a[href$='/badges']")


def take_the_badges_to_the_printer(mode: SeveralNodes, page: Page) -> None:
    """Download the PDF, which was begun again once the first worker was taken for dead."""
    ((_, attempts),) = wait_for(lambda: _drawn(mode), "the PDF", _PDF_S)
    assert attempts > 1
    open_the_badges_of_all(page)
    page.click("#content a[href$='/jobs']")
    page.locator("#content th a", has_text="Badges").click()
    with page.expect_download() as download:
        page.click("#content a[download]")
    assert _starts_as_pdf(download.value.path())


def _drawn(mode: SeveralNodes) -> list[tuple[JobState, int]]:
    return [one for one in attempts_of_jobs(mode, "badge_sheets") if one[0] == JobState.DONE]


def _starts_as_pdf(file: Path) -> bool:
    return file.read_bytes().startswith(b"%PDF-")


_BEGUN = [(JobState.RUNNING, 1)]
