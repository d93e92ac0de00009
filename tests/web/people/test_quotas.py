"""Delegations and quotas: changed one by one or from a sheet, never below what is taken."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO

import pytest
from sqlalchemy import select

from checkin.db.models import Message, Participant
from checkin.services.events.events import delegations_of
from checkin.services.gates.leases import grant_lease
from checkin.services.uploads import tables
from checkin.services.uploads.contained import Limits
from tests.services.spreadsheets.workbooks import sheet_with, workbook
from tests.support import factories
from tests.support.api_client import Api
from tests.support.factories import NOW
from tests.web.browsing import follow, mark_in

PAGE = "/events/rabat-2025/quotas"
SHEET = f"{PAGE}/sheet"


def listed(database, event):
    with database.read() as session:
        return [(d.name, d.name_ar, d.quota) for d in delegations_of(session, event)]


def upload(browsing, content, name="quotas.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return browsing.send(SHEET, file=(BytesIO(data), name))


def rows_of(*rows):
    fields = {"row": [str(number) for number in range(2, 2 + len(rows))]}
    for number, (name, name_ar, quota) in enumerate(rows, 2):
        fields |= {f"name-{number}": name, f"name_ar-{number}": name_ar, f"quota-{number}": quota}
    return fields


def apply(browsing, *rows, **more):
    return browsing.send(SHEET, f"{SHEET}/check", do="apply", **rows_of(*rows), **more)


def test_a_delegation_is_added_and_renamed_and_its_quota_changed(
    organiser, database, event, delegation
):
    organiser.send(PAGE, name="Rabat", name_ar="الرباط", quota="٣٢٠")
    organiser.send(
        PAGE, f"{PAGE}/{delegation.id}", name="Khemisset", name_ar="الخميسات", quota="900"
    )

    assert listed(database, event) == [("Khemisset", "الخميسات", 900), ("Rabat", "الرباط", 320)]
    acts = factories.noted(database, "delegation")
    assert acts == ["delegation.add", "delegation.rename", "delegation.quota"]


def test_kept_places_are_set_shown_and_given_to_who_waits(organiser, database, event, delegation):
    own = f"/events/rabat-2025/delegations/{delegation.id}"
    organiser.send(PAGE, f"{PAGE}/{delegation.id}", name="Khémisset", quota="2", kept="50 %")
    for name in ("Amina Alaoui", "Bahia Idrissi"):
        factories.a_participant(database, event, name, delegation=delegation)
    page, quotas = organiser.open(own).text, organiser.open(PAGE).text

    organiser.send(PAGE, f"{PAGE}/{delegation.id}", name="Khémisset", quota="2", kept="0")

    assert "Gardées pour les portes hors ligne" in page
    assert "Liste d’attente" in page
    assert (
        'name="kept" type="text" dir="ltr" maxlength="9" autocomplete="off" value="50 %"' in quotas
    )
    with database.read() as session:
        standings = session.scalars(select(Participant.standing)).all()
    assert list(standings) == ["confirmed", "confirmed"]
    assert "delegation.kept_places" in factories.noted(database, "delegation")


def test_more_kept_places_than_the_quota_has_are_refused_beside_the_field(
    organiser, database, event, delegation
):
    refused = organiser.send(PAGE, f"{PAGE}/{delegation.id}", name="Khémisset", quota="2", kept="3")

    assert refused.status_code == 400
    assert f'id="{delegation.id}-kept-problem"' in refused.text


def test_what_is_lent_of_a_delegation_stands_on_its_page_and_with_the_devices(
    organiser, database, event, delegation, device
):
    organiser.send(PAGE, f"{PAGE}/{delegation.id}", name="Khémisset", quota="9", kept="3")
    factories.write(database, lambda s: grant_lease(s, device, now=datetime.now(UTC)))

    own = organiser.open(f"/events/rabat-2025/delegations/{delegation.id}").text
    devices = organiser.open("/events/rabat-2025/devices").text

    assert "places hors ligne jusqu’à" in own
    assert "Ce que les portes peuvent attribuer hors ligne" in devices


def test_a_quota_never_goes_below_the_places_taken_and_the_answer_says_how_many(
    organiser, database, event, delegation
):
    for name in ("Amina Alaoui", "Bahia Idrissi"):
        factories.a_participant(database, event, name, delegation=delegation)

    refused = organiser.send(PAGE, f"{PAGE}/{delegation.id}", name="Khémisset", quota="1")

    assert refused.status_code == 400
    assert f'id="{delegation.id}-quota-problem"' in refused.text
    assert "Places déjà prises\N{NO-BREAK SPACE}: \u20682\u2069" in refused.text
    assert listed(database, event) == [("Khémisset", None, 2)]


@pytest.mark.parametrize(
    ("fields", "french"),
    [
        ({"name": "", "quota": "5"}, "aucun nom"),
        ({"name": "khemisset", "quota": "5"}, "existe déjà"),
        ({"name": "Rabat", "quota": ""}, "rien n’est écrit"),
        ({"name": "Rabat", "quota": "-1"}, "un nombre entier"),
        ({"name": "Rabat", "quota": "1.5"}, "un nombre entier"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    organiser, database, event, delegation, fields, french
):
    answer = organiser.send(PAGE, **fields)

    assert (answer.status_code, french in answer.text) == (400, True)
    assert 'aria-invalid="true"' in answer.text
    assert listed(database, event) == [("Khémisset", None, 2)]


def test_a_new_name_and_a_new_quota_reach_the_list_that_devices_carry(
    organiser, app, database, event, delegation
):
    gate = Api.enrolled(app, database, event, gate="Porte 1")
    factories.a_participant(database, event, delegation=delegation)

    def changed_by(**fields):
        cursor = gate.read("/gate-list")["head"]["cursor"]
        organiser.send(PAGE, f"{PAGE}/{delegation.id}", **fields)
        return len(gate.read(f"/gate-list?since={cursor}")["entries"])

    assert changed_by(name="Khemisset", name_ar="الخميسات", quota="2") == 1
    assert changed_by(name="Khemisset", name_ar="الخميسات", quota="7") == 1


def test_a_sheet_shows_what_each_row_would_do_and_writes_nothing(
    organiser, database, event, delegation
):
    page = upload(
        organiser,
        "Délégations invitées;;\nDélégation;الوفد;Nombre de places\n"
        "Khémisset;الخميسات;1000\nRabat;;beaucoup\n;سلا;300\nrabat;;5\nSALÉ;سلا;4\n",
    ).text

    assert listed(database, event) == [("Khémisset", None, 2)]
    assert "est ajoutée" in page
    assert "un nombre entier" in page
    assert "déjà à la ligne" in page


def test_rows_are_written_together_or_not_at_all(organiser, database, event, delegation):
    good, bad = ("Rabat", "الرباط", "320"), ("Salé", "سلا", "trop")

    refused = apply(organiser, good, bad)
    before = listed(database, event)
    left_out = apply(organiser, good, bad, **{"left-out": "3"})

    assert (refused.status_code, left_out.status_code) == (400, 303)
    assert 'value="trop"' in refused.text
    assert before == [("Khémisset", None, 2)]
    assert listed(database, event) == [("Khémisset", None, 2), ("Rabat", "الرباط", 320)]


def test_a_sheet_changes_quotas_by_either_name_and_again_changes_nothing(
    organiser, database, event, delegation
):
    rows = (("KHEMISSET", "الخميسات", "1000.0"), ("", "سلا", "300"))

    apply(organiser, *rows)
    apply(organiser, *rows)

    assert listed(database, event) == [("Khémisset", "الخميسات", 1000), ("سلا", None, 300)]
    acts = factories.noted(database, "delegation")
    assert acts == ["delegation.rename", "delegation.quota", "delegation.add"]


def test_a_workbook_is_read_too(organiser, database, event):
    book = workbook(["Delegation", "Places"], ["Rabat", 320], ["Salé", "300"])

    page = upload(organiser, book, "quotas.xlsx").text

    assert ('value="Rabat"' in page, 'value="320"' in page) == (True, True)


@pytest.mark.parametrize(
    ("content", "french"),
    [
        (b"", "Le fichier est vide"),
        ("Délégation\nRabat\n", "Il manque la colonne"),
        ("Places\n12\n", "Il manque la colonne"),
        ("Délégation,Province,Places\nRabat,Rabat,1\n", "Deux colonnes disent la même chose"),
        (b"%PDF-1.7", "Ce n’est ni un CSV"),
        ("Délégation,Places\n" + "".join(f"D{n} x,1\n" for n in range(301)), "300"),
    ],
)
def test_a_sheet_that_cannot_be_read_is_refused_with_the_reason(organiser, event, content, french):
    answer = upload(organiser, content)

    assert (answer.status_code, french in answer.text) == (400, True)


def test_a_sheet_cannot_lower_a_quota_below_what_is_taken(organiser, database, event, delegation):
    factories.a_participant(database, event, delegation=delegation)

    assert "Places déjà prises" in apply(organiser, ("Khémisset", "", "0")).text
    assert listed(database, event) == [("Khémisset", None, 2)]


def test_a_delegation_that_somebody_else_has_changed_meanwhile_is_shown_and_not_overwritten(
    organiser, database, event, delegation
):
    opened, form = organiser.read(PAGE), f"{PAGE}/{delegation.id}"
    organiser.send(PAGE, form, name="Khémisset", name_ar="", quota="40")

    sent = {"name": "Khémisset", "name_ar": "الخميسات", "quota": "30", "shown": mark_in(opened)}
    refused = organiser.send(PAGE, form, **sent)
    kept = listed(database, event)
    again = organiser.send(PAGE, form, **sent | {"shown": mark_in(refused.text)})

    assert (refused.status_code, again.status_code) == (409, 303)
    assert f'id="{delegation.id}-quota-problem"' in refused.text
    assert "vient d’écrire ici\u00a0: \u206840\u2069" in refused.text
    assert 'value="30"' in refused.text
    assert kept == [("Khémisset", None, 40)]
    assert listed(database, event) == [("Khémisset", "الخميسات", 30)]


def test_rows_of_a_sheet_that_somebody_else_has_overtaken_are_shown_again_before_they_are_written(
    organiser, database, event, delegation
):
    rows = (("Khémisset", "", "30"), ("Rabat", "", "320"))
    shown = upload(organiser, "Délégation;Places\nKhémisset;30\nRabat;320\n").text

    def marks(page):
        return dict(re.findall(r'name="(shown-\d)" value="([^"]*)"', page))

    organiser.send(PAGE, f"{PAGE}/{delegation.id}", name="Khémisset", quota="40")
    organiser.send(PAGE, name="Rabat", quota="300")
    refused = apply(organiser, *rows, **marks(shown))
    kept = listed(database, event)
    again = apply(organiser, *rows, **marks(refused.text))

    assert (refused.status_code, again.status_code) == (409, 303)
    assert "vient d’écrire ici\u00a0: \u206840\u2069" in refused.text
    assert 'id="name-3-problem"' in refused.text
    assert ('value="30"' in refused.text, 'value="320"' in refused.text) == (True, True)
    assert kept == [("Khémisset", None, 40), ("Rabat", None, 300)]
    assert listed(database, event) == [("Khémisset", None, 30), ("Rabat", None, 320)]


def test_a_quota_grows_though_more_places_are_used_than_it_has(
    organiser, database, event, delegation
):
    factories.lay_down(database, reserve_from=NOW)
    device = factories.a_device(database, event)
    *_, waiting = factories.badges(database, event, 3, delegation=delegation)
    assert factories.scan(database, device, waiting).reason is None
    form = f"{PAGE}/{delegation.id}"

    lower = organiser.send(PAGE, form, name="Khémisset", quota="1")
    assert (
        lower.status_code,
        "Places déjà prises\N{NO-BREAK SPACE}: \u20683\u2069" in lower.text,
    ) == (400, True)
    higher = organiser.send(PAGE, form, name="Khémisset", quota="3")

    assert (higher.status_code, listed(database, event)) == (303, [("Khémisset", None, 3)])


@pytest.mark.parametrize(("ticked", "kind"), [({"tell": "yes"}, "confirmed"), ({}, "badge")])
@pytest.mark.parametrize("by", ["form", "sheet"])
def test_who_raises_a_quota_is_asked_whether_those_who_move_up_are_told(
    organiser, database, event, delegation, by, ticked, kind
):
    for number in range(3):
        factories.a_participant(
            database,
            event,
            f"Amina {number}",
            delegation=delegation,
            email=f"a{number}@example.org",
        )
    asks = "En attente\N{NO-BREAK SPACE}: 1."
    if by == "form":
        page = organiser.read(PAGE)
        form = {"name": "Khémisset", "quota": "3", "asked": "yes", **ticked}
        organiser.send(PAGE, f"{PAGE}/{delegation.id}", **form)
    else:
        page = upload(organiser, "Délégation;Places\nKhémisset;3\n").text
        apply(organiser, ("Khémisset", "", "3"), asked="yes", **ticked)

    assert (asks in page, "delivery/message/fr/preview?kind=confirmed" in page) == (True, True)
    with database.read() as session:
        person = session.scalars(select(Participant).where(Participant.name == "Amina 2")).one()
        [message] = session.scalars(select(Message).where(Message.participant_id == person.id))
    assert (person.standing, message.kind) == ("confirmed", kind)


class TestDeleting:
    """A delegation that nobody belongs to is deleted; any other says what keeps it."""

    def delete(self, organiser, delegation):
        return organiser.send(PAGE, f"{PAGE}/{delegation.id}/remove")

    def test_an_empty_delegation_is_deleted_and_logged(
        self, organiser, app, database, event, delegation
    ):
        other = factories.a_delegation(database, event, "Salé", quota=5)
        gate = Api.enrolled(app, database, event, gate="Porte 1")
        before = gate.read("/gate-list")["head"]["cursor"]

        answer = self.delete(organiser, delegation)

        page = follow(organiser, answer).text
        assert "La délégation est supprimée." in page
        assert listed(database, event) == [("Salé", None, other.quota)]
        assert factories.noted(database, "delegation") == ["delegation.remove"]
        assert int(gate.read("/gate-list")["head"]["cursor"]) > int(before)
        assert organiser.open(f"/events/rabat-2025/delegations/{delegation.id}").status_code == 404
        assert "délégation supprimée" in organiser.read("/activity")

    def test_a_delegation_with_people_is_kept_and_says_how_many(
        self, organiser, database, event, delegation
    ):
        factories.badges(database, event, 3, delegation=delegation)

        refused = self.delete(organiser, delegation)

        assert refused.status_code == 400
        assert 'role="alert"' in refused.text
        assert "\u20683\u2069" in refused.text
        assert listed(database, event) == [("Khémisset", None, 2)]

    def test_a_delegation_with_a_coordinator_is_kept(
        self, organiser, coordinator, database, event, delegation
    ):
        refused = self.delete(organiser, delegation)

        assert (refused.status_code, "coordinateurs" in refused.text) == (400, True)
        assert (
            coordinator.open(f"/events/rabat-2025/delegations/{delegation.id}").status_code == 200
        )


def test_gates_scan_on_while_a_sheet_that_takes_too_much_is_read_and_refused(
    organiser, app, database, event, delegation, monkeypatch
):
    monkeypatch.setattr(tables, "_OF_A_SHEET", Limits(cpu_s=1, memory_mb=512, wall_s=99))
    bomb = sheet_with(
        b"<row><c><v>Nom</v></c></row>" + (b"<row>" + b"<c/>" * 50 + b"</row>") * 40_000
    )
    before, gate = listed(database, event), Api.enrolled(app, database, event, gate="Porte 1")
    codes = [factories.a_badge(database, event, f"Personne {number}") for number in range(2)]

    with ThreadPoolExecutor(1) as threads:
        sheet = threads.submit(upload, organiser, bomb, "quotas.xlsx")
        admitted = [gate.scan(code)["status"] for code in codes]
        were_scanned_meanwhile = not sheet.done()
        refused = sheet.result()

    assert (admitted, were_scanned_meanwhile) == (["ok"] * 2, True)
    assert (refused.status_code, "trop de mémoire ou de temps" in refused.text) == (400, True)
    assert listed(database, event) == before
