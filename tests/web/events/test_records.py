"""Exporting records without formulas, and purging them with a receipt."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import func, select, update

from checkin.db.models import Activity, Event, Participant, Role
from checkin.services.common.activity import note
from checkin.services.lifecycle.purge import purge_event
from checkin.web.events.receipt_words import receipt_lines
from tests.support import factories
from tests.support.api_client import Api
from tests.support.factories import NOW, write
from tests.web.browsing import follow

EXPORT = "/events/rabat-2025/export"
PURGE = "/events/rabat-2025/purge"
#: begins like a formula; a clerk's import refuses such a name, an older row may hold one
TRICKY = "=HYPERLINK(1)"


@pytest.fixture
def administrator(signed_in):
    return signed_in(Role.ADMINISTRATOR)


@pytest.fixture
def people(database, event, delegation):
    factories.a_participant(database, event, delegation=delegation, phone="+212612345678")
    tricky = factories.a_participant(database, event, "Bahia Idrissi", delegation=delegation)
    by_id = Participant.id == tricky.participant_id
    write(database, lambda s: s.execute(update(Participant).where(by_id).values(name=TRICKY)))


def later(database, event):
    """Let the event end after today."""
    moment = NOW + timedelta(days=36_500)
    write(
        database,
        lambda s: s.execute(update(Event).where(Event.id == event.id).values(ends_at=moment)),
    )


def exported(browsing, form):
    """Ask for an export, and open the file to which that leads."""
    return follow(browsing, browsing.send(EXPORT, format=form))


def people_left(database):
    with database.read() as session:
        return session.scalars(select(func.count(Participant.id))).one()


def test_a_csv_export_escapes_formulas_and_is_logged(organiser, database, event, people):
    answer = exported(organiser, "csv")

    text = answer.data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    with database.read() as session:
        logged = session.scalars(select(Activity).where(Activity.action == "event.export")).all()
    assert [row["Nom"] for row in rows] == ["Amina Alaoui", "'" + TRICKY]
    assert rows[0]["Téléphone"] == "\u200e+212612345678"
    assert {row["Inscription"] for row in rows} == {"Confirmée"}
    assert {row["Langue"] for row in rows} == {"Français"}
    assert "rabat" not in answer.headers["Content-Disposition"]  # a sensitive event's name
    noted = [(one.details["format"], one.details["file"]) for one in logged]
    assert noted == [("csv", "participants-2025-06-14.csv")]


def test_a_workbook_holds_texts_and_no_formula(organiser, event, people):
    answer = exported(organiser, "xlsx")

    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
    names = [row[4] for row in book.active.iter_rows(values_only=True)]
    assert names == ["Nom", "Amina Alaoui", TRICKY]


def test_a_workbook_has_dates_on_the_clocks_of_the_event_and_telephones_as_texts(
    organiser, database, event, device
):
    code = factories.a_badge(database, event, phone="+212612345678")
    factories.scan(database, device, code)

    book = openpyxl.load_workbook(io.BytesIO(exported(organiser, "xlsx").data))
    [heads, row] = book.active.iter_rows()
    told = {over.value: cell for over, cell in zip(heads, row, strict=True)}

    assert told["Arrivée"].is_date
    assert told["Arrivée"].value == datetime(2025, 6, 14, 15, 30)  # noqa: DTZ001
    assert (told["Téléphone"].data_type, told["Téléphone"].value) == ("s", "+212612345678")
    assert told["Inscription"].value == "Confirmée"


def test_the_whole_export_has_every_scan_and_quota(organiser, database, event, delegation, people):
    device = factories.a_device(database, event)
    factories.scan(database, device, "HELLO")

    whole = json.loads(exported(organiser, "json").data)

    assert [one["name"] for one in whole["participants"]] == ["Amina Alaoui", TRICKY]
    assert [(one["gate"], one["status"], one["reason"]) for one in whole["scans"]] == [
        ("Porte 1", "error", "invalid")
    ]
    assert [(one["delegation"], one["quota"]) for one in whole["delegations"]] == [("Khémisset", 2)]


def test_a_file_tells_its_length_and_lies_encrypted_until_it_is_erased(
    organiser, tmp_path, event, people
):
    answer = exported(organiser, "json")

    [kept] = (tmp_path / "jobs").iterdir()
    assert answer.content_length == len(answer.data)
    assert b"Amina" in answer.data
    assert b"Amina" not in kept.read_bytes()


def test_only_who_asked_for_an_export_gets_its_file(organiser, administrator, event, people):
    asked = organiser.send(EXPORT, format="csv")

    assert administrator.open(asked.location).status_code == 404
    assert organiser.open(asked.location).status_code == 200


def test_an_unknown_format_is_refused(organiser, event):
    assert organiser.send(EXPORT, format="exe").status_code == 400


def test_a_purge_needs_the_confirmation_typed(administrator, database, event, people):
    answer = administrator.send(PURGE, typed="rabat")

    assert (answer.status_code, 'id="typed-problem"' in answer.text) == (400, True)
    assert people_left(database) == 2


def test_a_running_event_is_purged_only_with_the_box_ticked(administrator, database, event, people):
    later(database, event)

    refused = administrator.send(PURGE, typed="rabat-2025")
    left = people_left(database)
    done = administrator.send(PURGE, typed="rabat-2025", early="yes")

    assert (refused.status_code, left) == (400, 2)
    assert 'id="early-problem"' in refused.text
    assert (done.status_code, people_left(database)) == (303, 0)


def test_the_receipt_says_what_was_erased_and_by_whom(administrator, database, event, people):
    administrator.send(PURGE, typed="rabat-2025")

    page = administrator.read(PURGE)
    text = administrator.read(f"{PURGE}/receipt.txt")
    with database.read() as session:
        who = session.scalar(select(Activity.operator_id).where(Activity.action == "event.purge"))
    assert "Participants: 2" in text
    assert "Badges: 2" in text
    assert "Amina" not in page + text
    assert who is not None


def test_data_kept_too_long_cause_a_reminder_until_they_are_erased(
    administrator, database, event, people
):
    overdue = administrator.read("/")
    administrator.send(PURGE, typed="rabat-2025")

    told = [PURGE in overdue, PURGE in administrator.read("/")]
    assert told == [True, False]


def test_data_of_a_future_event_cause_no_reminder(administrator, database, event, people):
    later(database, event)

    assert PURGE not in administrator.read("/")


def test_there_is_no_receipt_before_a_purge(administrator, event):
    assert administrator.open(f"{PURGE}/receipt.txt").status_code == 404


def test_the_receipt_names_devices_until_they_confirm_their_wipe(
    administrator, app, database, event, people
):
    first = Api.enrolled(app, database, event, gate="Porte 1")
    Api.enrolled(app, database, event, gate="Porte 2")
    administrator.send(PURGE, typed="rabat-2025", keep="gate-names")
    before = administrator.read(f"{PURGE}/receipt.txt")

    told = first.ask("GET", "/gate-list").json
    confirmed = first.ask("POST", "/devices/wiped", json={})

    after = administrator.read(f"{PURGE}/receipt.txt")
    assert told["wipe"] is True
    assert confirmed.status_code == 200
    assert (before.count("non confirmé"), after.count("non confirmé")) == (2, 1)
    assert "Porte 2: non confirmé" in after


def test_the_receipt_of_the_command_line_is_shown_too(administrator, database, event, tmp_path):
    purge_event(database, event, tmp_path, now=NOW, early=True)

    assert "2025-06-14T14:30:00+00:00" in administrator.read(f"{PURGE}/receipt.txt")


def test_what_is_kept_is_chosen_on_the_page_and_the_receipt_tells_it_and_the_copies(
    administrator, database, event, people
):
    taken = datetime.now(UTC) - timedelta(days=3)
    write(database, lambda s: note(s, event.id, "event.export", taken, format="xlsx"))
    form = administrator.read(PURGE)
    administrator.send(PURGE, typed="rabat-2025", keep="gate-names")

    told = administrator.read(f"{PURGE}/receipt.txt")

    assert 'value="gate-names" checked' in form
    assert 'value="coordinators" checked' not in form
    assert "Conservé par choix\u00a0: Noms des portes" in told
    assert f"Fichier exporté XLSX du {taken:%Y-%m-%d} (jours écoulés\u00a0: 3)" in told


def test_a_purged_event_takes_nobody_from_its_pages(coordinator, administrator, database, event):
    category = factories.a_category(database, event)
    form = "/events/rabat-2025/participants/new"
    coordinator.read(form)
    token = coordinator.token(form)
    administrator.send(PURGE, typed="rabat-2025", keep="coordinators", early="yes")

    answer = coordinator.send_without_token(
        form, csrf_token=token, name="Amina Alaoui", delegation="1", category=category.id
    )

    assert answer.status_code == 409
    assert "Les données personnelles de cet événement ont été effacées." in answer.text


def test_a_receipt_calls_whatever_is_erased_by_a_word(app, database, event, tmp_path):
    receipt = purge_event(database, event, tmp_path, now=NOW, early=True)

    with app.test_request_context("/?lang=fr"):
        names = [name for name, _count in receipt_lines(replace(receipt, rows=_ones(receipt)))]

    assert [name for name in names if name in receipt.rows or "_" in name] == []
    assert len(names) == len(receipt.rows) + 1


def _ones(receipt):
    return dict.fromkeys(receipt.rows, 1)
