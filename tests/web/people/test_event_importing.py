"""One list for the whole event: sheets, columns, categories and delegations, and taking it back."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from checkin.db.models import (
    Activity,
    Badge,
    Category,
    CategoryWish,
    Delegation,
    ImportDraft,
    Participant,
)
from tests.support import factories
from tests.support.factories import write
from tests.web.browsing import follow

PAGE = "/events/rabat-2025/import"
RUNS = "/events/rabat-2025/imports"
LIST = (
    "Nom;Délégation;Qualité;Téléphone;Réf\n"
    "Amina Alaoui;Khémisset;Élu;0612345678;7\n"
    "Bahia Idrissi;Salé;Militante;;8\n"
    "Chafik Naciri;Salé;-;N/A;9\n"
    "TOTAL;;;3;\n"
)


def upload(browsing, content, page=PAGE, name="liste.csv"):
    data = content.encode() if isinstance(content, str) else content
    return follow(browsing, browsing.send(page, file=(BytesIO(data), name))).text


def settle(browsing, page=PAGE, **fields):
    return follow(browsing, browsing.send(page, page + "/settle", **{"do": "go-on", **fields})).text


def check(browsing, page=PAGE, **fields):
    return follow(browsing, browsing.send(page, page + "/check", **fields)).text


def people(database):
    with database.read() as session:
        rows = session.execute(
            select(Participant.name, Delegation.name, Category.name, Participant.standing)
            .join(Delegation, Delegation.id == Participant.delegation_id)
            .join(Category, Category.id == Participant.category_id)
            .order_by(Participant.id)
        )
        return [tuple(row) for row in rows]


@pytest.fixture
def page(delegation, database, event, organiser):
    factories.a_category(database, event, "Participant")
    factories.a_category(database, event, "Élu")
    return organiser


ANSWERS = {
    "column-4": "",
    "value-delegation-0": "+",
    "quota-0": "40",
    "value-category-0": "+",
    "default-category": "=Participant",
    "leave": "5",
}


def test_one_list_registers_people_of_every_delegation_and_creates_what_is_new(page, database):
    asked = upload(page, LIST)

    assert all(text in asked for text in ("Militante", "Salé", "TOTAL", "Réf"))
    assert people(database) == []
    settle(page, **ANSWERS)
    done = check(page, do="register")

    assert 'href="/events/rabat-2025/start"' in done
    assert people(database) == [
        ("Amina Alaoui", "Khémisset", "Élu", "confirmed"),
        ("Bahia Idrissi", "Salé", "Militante", "confirmed"),
        ("Chafik Naciri", "Salé", "Participant", "confirmed"),
    ]
    with database.read() as session:
        quota = session.scalar(select(Delegation.quota).where(Delegation.name == "Salé"))
        assert session.scalars(select(ImportDraft.id)).all() == []
    assert quota == 40


def test_what_is_not_answered_is_asked_again_and_nothing_is_guessed(page, database):
    upload(page, LIST)

    shown = settle(page, **{**ANSWERS, "default-category": "", "value-category-0": ""})

    assert 'id="questions"' in shown
    assert "Les lignes sans catégorie (1)" in shown


def test_rows_without_a_category_that_nobody_chose_for_stay_to_be_corrected(page, database):
    upload(page, LIST)

    shown = settle(page, **{**ANSWERS, "default-category": "-"})

    assert "2 à inscrire · 0 à modifier · 0 sans changement · 1 à corriger" in shown
    assert "aucune catégorie" in shown


def test_what_a_column_means_is_remembered_for_the_event(page, database):
    strange = "Qui;Province;Qualité\nAmina Alaoui;Khémisset;Élu\n"
    asked = upload(page, strange)
    assert "Dites quelle colonne contient les noms" in asked
    shown = settle(page, **{"column-0": "name", "column-1": "delegation", "column-2": "category"})
    assert "1 à inscrire" in shown

    again = upload(page, strange)

    assert "1 à inscrire" in again


def test_sheets_are_chosen_and_their_rows_told_apart(page, database):
    workbook = Workbook()
    first, second = workbook.active, workbook.create_sheet("Salé")
    for sheet, name in ((first, "Amina Alaoui"), (second, "Bahia Idrissi")):
        sheet.append(["Nom", "Délégation", "Qualité"])
        sheet.append([name, "Khémisset", "Élu"])
    file = BytesIO()
    workbook.save(file)

    asked = upload(page, file.getvalue(), name="deux.xlsx")
    shown = settle(page, sheet=["0", "1"])

    assert 'name="sheet" value="1" checked' in asked
    assert "2 à inscrire" in shown
    assert "<bdi>2/2</bdi>" in shown


def test_hidden_rows_are_asked_about(page, database):
    workbook = Workbook()
    sheet = workbook.active
    for row in (
        ["Nom", "Délégation", "Qualité"],
        *([n, "Khémisset", "Élu"] for n in ("A a", "B b")),
    ):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    file = BytesIO()
    workbook.save(file)

    asked = upload(page, file.getvalue(), name="cache.xlsx")
    without = settle(page, hidden="without")
    page.send(PAGE, PAGE + "/check", do="questions")
    both = settle(page, hidden="with")

    assert "Lignes masquées dans le fichier" in asked
    assert ["1 à inscrire" in without, "2 à inscrire" in both] == [True, True]


def test_names_with_the_family_name_first_are_turned_around_when_somebody_says_so(page, database):
    rows = "Nom et prénom;Délégation;Qualité\nBENJELLOUN Karim;Khémisset;Élu\n"
    asked = upload(page, rows)
    assert "Karim BENJELLOUN" in asked

    settle(page, **{"turn-name": "yes"})
    check(page, do="register")

    assert people(database)[0][0] == "Karim BENJELLOUN"


def test_nobody_is_changed_before_somebody_has_seen_how(page, database, event, delegation):
    category = factories.a_category(database, event, "Membre")
    factories.a_participant(
        database, event, "Amina Alaoui", delegation=delegation, category=category
    )
    rows = "Nom;Délégation;Qualité;Téléphone\nAmina Alaoui;Khémisset;Élu;0612345678\n"

    shown = upload(page, rows)
    check(page, do="register")
    untouched = people(database)
    shown_again = page.read(PAGE)
    changed = check(page, do="check", shown="decide:1", overwrites="2")
    check(page, do="register")

    assert "1 à décider" in shown
    assert "<del><bdi>Membre</bdi></del>" in shown
    assert "<ins><bdi>Élu</bdi></ins>" in shown
    assert untouched == [("Amina Alaoui", "Khémisset", "Membre", "confirmed")]
    assert "1 à décider" in shown_again
    assert "1 à modifier" in changed
    assert people(database) == [("Amina Alaoui", "Khémisset", "Élu", "confirmed")]


def test_all_changes_are_confirmed_or_left_at_once(page, database, event, delegation):
    for name in ("Amina Alaoui", "Bahia Idrissi"):
        factories.a_participant(database, event, name, delegation=delegation)
    head = "Nom;Délégation;Qualité;Téléphone\n"
    rows = "Amina Alaoui;Khémisset;;0612345678\nBahia Idrissi;Khémisset;;0612345679\n"
    upload(page, head + rows)
    settle(page, **{"default-category": "-"})

    left = check(page, do="all-leave_out")
    upload(page, head + rows)
    settle(page, **{"default-category": "-"})
    confirmed = check(page, do="all-overwrite")

    assert "0 à modifier" in left
    assert "2 à modifier" in confirmed


def test_a_duplicate_of_the_list_never_becomes_a_change_of_the_first(page, database):
    rows = (
        "Nom;Délégation;Qualité;Téléphone\n"
        "Amina Alaoui;Khémisset;Élu;0612345678\n"
        "Amina Alaoui;Khémisset;Élu;0699999999\n"
    )
    upload(page, rows)
    check(page, do="register")

    left = page.read(PAGE)
    check(page, do="register")
    with database.read() as session:
        phones = session.scalars(select(Participant.phone)).all()

    assert "est déjà à la ligne" in left
    assert "1 à corriger" in left
    assert phones == ["+212612345678"]


def test_rows_show_all_their_problems_at_once(page):
    rows = "Nom;Délégation;Qualité;E-mail\nAmina Alaoui;Khémisset;;pas une adresse\n"
    upload(page, rows)

    shown = settle(page, **{"default-category": "-"})

    assert "n’est pas une adresse" in shown
    assert "aucune catégorie" in shown


def test_a_whole_import_is_taken_back_and_the_places_go_to_whoever_waits(
    page, database, event, delegation
):
    rows = "Nom;Délégation;Qualité\n" + "".join(f"P{n}a Q{n}b;Khémisset;Élu\n" for n in range(2))
    upload(page, rows)
    check(page, do="register")
    factories.a_participant(database, event, "Qui Attend", delegation=delegation)
    shown = page.read(RUNS)

    taken = follow(page, page.send(RUNS, RUNS + "/1/take-back")).text

    assert "Nouvelles inscriptions\N{NO-BREAK SPACE}: 2" in shown
    assert "Lignes annulées\N{NO-BREAK SPACE}: 2." in taken
    assert [(name, standing) for name, *_, standing in people(database)] == [
        ("P0a Q0b", "canceled"),
        ("P1a Q1b", "canceled"),
        ("Qui Attend", "confirmed"),
    ]
    with database.read() as session:
        working = session.scalars(select(Badge).where(Badge.revoked_at.is_(None))).all()
        actions = session.scalars(select(Activity.action)).all()
    assert len(working) == 1
    assert "participants.take_back" in actions


def test_who_was_taken_back_is_new_in_the_next_list(page, database):
    rows = "Nom;Délégation;Qualité\nAmina Alaoui;Khémisset;Élu\n"
    upload(page, rows)
    check(page, do="register")
    page.send(RUNS, RUNS + "/1/take-back")

    assert "1 à inscrire" in upload(page, rows)


def test_who_has_arrived_or_was_changed_since_stays(page, database, event, delegation):
    rows = "Nom;Délégation;Qualité\nAmina Alaoui;Khémisset;Élu\nBahia Idrissi;Khémisset;Élu\n"
    upload(page, rows)
    check(page, do="register")
    with database.read() as session:
        first, second = session.scalars(select(Participant).order_by(Participant.id)).all()
        badge = session.scalar(select(Badge.id).where(Badge.participant_id == first.id))
    device = factories.a_device(database, event, "Porte")
    factories.scan(database, device, factories.code_of(event, badge))
    write(database, lambda s: setattr(s.get(Participant, second.id), "note", "VIP"))

    taken = follow(page, page.send(RUNS, RUNS + "/1/take-back")).text

    assert [standing for *_, standing in people(database)] == ["confirmed"] * 2
    assert "arrivée déjà enregistrée" in taken
    assert "inscription modifiée depuis" in taken


def test_a_change_that_is_taken_back_gives_the_former_values_again(
    page, database, event, delegation
):
    category = factories.a_category(database, event, "Membre")
    factories.a_participant(
        database, event, "Amina Alaoui", delegation=delegation, category=category
    )
    upload(page, "Nom;Délégation;Qualité\nAmina Alaoui;Khémisset;Élu\n")
    check(page, do="all-overwrite")
    check(page, do="register")
    changed = people(database)
    page.send(RUNS, RUNS + "/1/take-back")

    assert [changed[0][2], people(database)[0][2]] == ["Élu", "Membre"]


def test_a_coordinator_asks_for_a_category_and_creates_none(
    page, coordinator, database, event, delegation
):
    own = f"/events/rabat-2025/delegations/{delegation.id}/import"
    asked = upload(coordinator, "Nom;Qualité\nAmina Alaoui;Élue locale\n", page=own)
    forged = settle(coordinator, page=own, **{"value-category-0": "+"})
    coordinator.send(own, own + "/category", name="Élue locale")
    with database.read() as session:
        names = session.scalars(select(Category.name).order_by(Category.id)).all()
        wishes = session.scalars(select(CategoryWish.name)).all()
    categories = "/events/rabat-2025/categories"
    shown = page.read(categories)
    page.send(categories, categories + "/wishes", name="Élue locale", do="create")

    assert "La demander aux organisateurs" in asked
    assert 'id="questions"' in forged
    assert names == ["Participant", "Élu"]
    assert wishes == ["Élue locale"]
    assert "Demandées par les coordinateurs" in shown
    with database.read() as session:
        assert "Élue locale" in session.scalars(select(Category.name)).all()
        assert session.scalars(select(CategoryWish.id)).all() == []


def test_a_coordinator_sees_and_takes_back_only_their_own_lists(page, coordinator, database, event):
    factories.a_delegation(database, event, "Salé")
    upload(page, "Nom;Délégation;Qualité\nZineb Tazi;Salé;Élu\n")
    check(page, do="register")

    shown = coordinator.read(RUNS)
    answer = coordinator.send(RUNS, RUNS + "/1/take-back")

    assert "Salé" not in shown
    assert answer.status_code in (400, 404)
    assert people(database)[0][3] == "confirmed"
