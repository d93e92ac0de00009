"""Organisers lay down days and hours in the browser, and the running gates obey at once."""

from __future__ import annotations

from datetime import UTC, datetime

from checkin.db.models import OpeningHours
from checkin.domain.scanning.reasons import Reason
from checkin.services.gates.authentication import device_by_token
from tests.support import factories

PAGE = "/events/rabat-2025/hours"
REPORT = "/events/rabat-2025/board/report"
TIMES = {"starts_at": "09", "ends_at": "18", "doors_open_at": "08", "doors_close_at": "17"}
SATURDAY, SUNDAY = (datetime(2025, 6, day, 12, tzinfo=UTC) for day in (14, 15))


def a_day(number, of_june):
    return {f"{name}-{number}": f"2025-06-{of_june}T{hour}:00" for name, hour in TIMES.items()}


def scanned(database, token, code, at):
    return factories.scan(database, device_by_token(database, token), code, at=at).reason


def test_days_are_laid_down_and_the_report_has_a_table_of_them(organiser, database, event):
    token, code = factories.a_new_device(database, event).token, factories.a_badge(database, event)

    answer = organiser.send(PAGE, f"{PAGE}/days", **a_day(1, 14), **a_day(2, 15))

    assert answer.status_code == 303
    assert [scanned(database, token, code, at) for at in (SATURDAY, SUNDAY)] == [None, None]
    shown = organiser.read(PAGE)
    assert 'value="2025-06-15T17:00"' in shown
    first, second = (organiser.read(f"{REPORT}?day={day}") for day in (1, 2))
    assert "Jour 1 : samedi 14 juin 2025" in first.replace("\u00a0", " ")
    assert 'id="days"' in second
    assert organiser.open(f"{REPORT}?day=3").status_code == 404
    assert "days" in organiser.read("/events/rabat-2025/board/counts")


def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_saved(organiser, database, event):
    days = organiser.send(PAGE, f"{PAGE}/days", **a_day(1, 15), **a_day(2, 14))
    hours = organiser.send(PAGE, PAGE, **{"whose-1": "gate-99", "opens_at-1": "demain"})

    assert (days.status_code, hours.status_code) == (400, 400)
    assert 'id="starts_at-2-problem"' in days.text
    assert all(
        f'id="{name}-1-problem"' in hours.text for name in ("whose", "opens_at", "closes_at")
    )


def test_hours_of_a_gate_are_laid_down_and_its_next_scan_goes_by_them(organiser, database, event):
    token, code = factories.a_new_device(database, event).token, factories.a_badge(database, event)
    gate_id = device_by_token(database, token).gate_id
    times = {"opens_at-1": "2025-06-14T14:00", "closes_at-1": "2025-06-14T15:00"}

    answer = organiser.send(PAGE, PAGE, **times, **{"whose-1": f"gate-{gate_id}"})

    assert answer.status_code == 303
    with database.read() as session:
        [hours] = session.query(OpeningHours).all()
    assert (hours.gate_id, hours.closes_at - hours.opens_at) == (gate_id, factories.minutes(60))
    assert scanned(database, token, code, SATURDAY) == Reason.INVALID_TIME
    assert f'value="gate-{gate_id}" selected' in organiser.read(PAGE)
