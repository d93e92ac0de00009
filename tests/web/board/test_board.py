"""The board's page and its data."""

from __future__ import annotations

import json

import pytest

from checkin.db.models import Role
from checkin.domain.board.unusual import Unusual
from checkin.services.board import board, live
from checkin.services.board.unusual import UnusualDevice
from tests.support import factories
from tests.support.api_client import Api

BOARD = "/events/rabat-2025/board"


@pytest.fixture
def arrivals(app, database, event):
    """Two of three people of Salé came, and one code was refused."""
    delegation = factories.a_delegation(database, event, "Salé", quota=1000)
    codes = factories.badges(database, event, 3, delegation=delegation)
    gate = Api.enrolled(app, database, event, gate="Porte 1")
    verdicts = [gate.verdict(code) for code in (*codes[:2], codes[0])]
    assert verdicts == [("ok", None), ("ok", None), ("error", "already_redeemed")]
    return gate


def test_the_boards_data_are_the_counts_of_the_api(organiser, arrivals):
    polled = json.loads(organiser.read(f"{BOARD}/counts"))
    status = arrivals.read("/status")
    del status["device"], status["version"]

    assert {name: polled[name] for name in status if name != "at"} == {
        name: value for name, value in status.items() if name != "at"
    }
    assert polled["totals"] == {
        "quota": 1002,
        "registered": 3,
        "waiting": 0,
        "arrived": 2,
        "arrived_registered": 2,
        "arrived_reserve": 0,
        "arrived_canceled": 0,
        "arrived_others": 0,
        "missing": 1,
        "inside": 2,
        "without_place": 0,
        "percent": 66,
        "refused": 1,
    }


def test_the_page_shows_the_counts_before_any_script_runs(organiser, arrivals):
    page = organiser.read(BOARD)

    assert '<dd data-total="arrived">2</dd>' in page
    assert '<dd data-total="missing">1</dd>' in page
    assert 'data-count="quota">1\u00a0000<' in page


def test_the_stream_of_a_page_that_outlives_its_session_ends_without_an_error(app, event):
    asks_for = {"Accept": "text/event-stream"}

    stranger = app.test_client()
    stream = stranger.get(f"{BOARD}/live", headers=asks_for)

    assert (stream.status_code, stream.data) == (204, b"")
    assert stranger.get(f"{BOARD}/live").status_code == 302  # whoever opens it as a page signs in


def test_the_stream_begins_with_the_counts(organiser, arrivals):
    response = organiser.open(f"{BOARD}/live")
    with response:
        assert response.mimetype == "text/event-stream"
        seen = ""
        while "event: board" not in seen:
            seen += next(response.response).decode()
    body = json.loads(seen.split("data: ", 1)[1].splitlines()[0])

    assert body["totals"]["arrived"] == 2


@pytest.mark.parametrize(
    ("language", "tag", "direction", "word"),
    [
        ("fr", "fr", "ltr", "Délégations"),
        ("ar", "ar-MA", "rtl", "الوفود"),
        ("en", "en-GB", "ltr", "Delegations"),
    ],
)
def test_the_board_is_shown_in_each_language(organiser, event, language, tag, direction, word):
    page = organiser.read(f"{BOARD}?lang={language}")

    assert f'<html lang="{tag}" dir="{direction}">' in page
    assert word in page
    assert word in organiser.read(BOARD), "the choice is remembered"


def test_html_in_names_stays_text_on_the_board(organiser, database, event):
    factories.a_delegation(database, event, "<img src=x onerror=alert(1)>")

    page = organiser.read(BOARD) + organiser.read(f"{BOARD}?wall=1")

    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") == 2


def test_an_unknown_event_is_not_found(organiser, event):
    assert organiser.open("/events/ailleurs/board").status_code == 404


def test_an_idle_stream_sends_heartbeats(organiser, event, monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    seen = ""
    with organiser.open(f"{BOARD}/live") as response:
        for message in response.response:
            seen += message.decode()
            if "event: board" in seen and "event: beat" in seen:
                break

    assert seen.startswith("retry: 2000")
    assert "event: beat\ndata: 1\n\n" in seen


def test_a_board_shows_curve_gates_hall_and_forecast_beside_the_counts(organiser, arrivals):
    polled = json.loads(organiser.read(f"{BOARD}/counts"))
    rows = polled["curve"]["rows"]

    assert sum(arrived for _, arrived, _ in rows) == rows[-1][2] == 2
    assert polled["forecast"]["outlook"] == "too_few"
    assert polled["refusals"] == [{"reason": "already_redeemed", "count": 1}]
    assert (polled["hall"], polled["conflicts"]) == (None, 0)
    assert polled["loads"][0]["per_minute"] > 0, "in the running minute"
    assert polled["loads"][0] | {"id": 0, "per_minute": 0} == {
        "id": 0,
        "per_minute": 0,
        "devices": 1,
        "online": 1,
        "waiting": 0,
        "list_at": None,
        "skew_ms": None,
        "low_battery": None,
    }


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_report_has_every_part_and_the_curves_table_is_open(organiser, arrivals, language):
    page = organiser.read(f"{BOARD}/report?lang={language}")

    parts = ["all-arrivals", "delegations", "categories", "gates", "hours", "refusals", "arrivals"]
    assert [part for part in parts if f'id="{part}"' not in page] == []
    assert '<details class="curve-table" open>' in page
    assert "<script" not in page.partition("<body")[2]


def test_a_viewer_s_board_lacks_the_links_of_other_roles(signed_in, arrivals):
    page = signed_in(Role.VIEWER).read(BOARD)

    assert "/stop" not in page
    assert "/conflicts" not in page
    assert "/delegations/" not in page


def test_a_delegation_on_the_board_links_to_the_people_to_call(organiser, arrivals, delegation):
    link = f'href="/events/rabat-2025/delegations/{delegation.id}/arrivals"'

    pages = [organiser.read(BOARD + more) for more in ("", "?wall=1", "/report")]

    assert [link in page for page in pages] == [True, False, False]


def test_the_board_s_report_includes_the_buses_without_another_request(
    organiser, arrivals, database, delegation
):
    factories.a_bus(database, delegation, "Car 7")

    page = organiser.read(f"{BOARD}/report")

    assert "Car 7" in page
    assert "bus-counts.js" not in page


def test_the_board_shows_a_device_that_names_badges_faster_than_anybody_reads_them(
    organiser, arrivals, monkeypatch
):
    assert json.loads(organiser.read(f"{BOARD}/counts"))["unusual"] == []
    assert 'notice-bad unusual" hidden' in organiser.read(BOARD)
    seen = UnusualDevice("Laptop 3", "Porte 1", Unusual.REFS, 70)
    monkeypatch.setattr(board, "unusual_devices", lambda *_: (seen,))

    page = organiser.read(BOARD)

    assert "Laptop 3 (Porte 1)" in page
    assert 'notice-bad unusual" hidden' not in page
    assert json.loads(organiser.read(f"{BOARD}/counts"))["unusual"] == [
        {"device": "Laptop 3", "gate": "Porte 1", "does": "refs", "count": 70}
    ]
