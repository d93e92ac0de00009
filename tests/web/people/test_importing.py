"""A coordinator's spreadsheet: read, checked, corrected in place and registered by jobs."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from markupsafe import escape
from sqlalchemy import func, select

from checkin.db.models import Activity, ImportDraft, Job, Participant
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.services.people.importing import importing
from checkin.services.people.importing.import_drafts import MAX_ROWS
from checkin.services.spreadsheets.reading import read_table
from checkin.web.people.importing.import_pages import MAX_UPLOAD_BYTES
from checkin.words.languages import LANGUAGES
from checkin.words.unreadable import unreadable_sentence
from tests.support import factories
from tests.support.factories import KEYS
from tests.support.servers.inline_worker import do_waiting_jobs, keep_jobs_waiting
from tests.web.browsing import follow

LIST = "Nom,Téléphone,Délégation\nAmina Alaoui,0612345678,\nBahia Idrissi,12,\n"


@pytest.fixture
def page(delegation, database, event):
    factories.a_category(database, event)
    return f"/events/rabat-2025/delegations/{delegation.id}/import"


def upload(browsing, page, content, name="liste.csv"):
    data = content.encode() if isinstance(content, str) else content
    return browsing.send(page, file=(BytesIO(data), name))


def people(database):
    with database.read() as session:
        rows = session.scalars(select(Participant).order_by(Participant.id)).all()
    return [(p.name, p.phone, p.standing) for p in rows]


def drafts(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(ImportDraft))


def test_the_check_shows_each_problem_with_its_row_and_registers_nobody(
    coordinator, database, page
):
    shown = follow(coordinator, upload(coordinator, page, LIST)).text

    assert "1 à inscrire · 0 à modifier · 0 sans changement · 1 à corriger" in shown
    assert "Téléphone\u00a0: \u206812\u2069 n’est pas un numéro" in shown
    assert 'name="cell-3-phone" value="12"' in shown
    assert people(database) == []


def test_a_name_that_no_font_has_is_told_at_its_row_and_registered(coordinator, database, page):
    names = ("王小明", "ⴰⵎⵓⵔ ⵓⴽⵓⵛ", "Sara 🎉")
    lines = (f"{name},061234567{at}," for at, name in enumerate(names))
    content = "\n".join(("Nom,Téléphone,Délégation", *lines))

    shown = follow(coordinator, upload(coordinator, page, content)).text
    coordinator.send(page, page + "/check", do="register")

    assert "3 à inscrire · 0 à modifier · 0 sans changement · 0 à corriger" in shown
    assert "\u2068王小明\u2069 s’imprime \u2068Wang Xiao Ming\u2069" in shown
    assert "\u2068Sara 🎉\u2069 s’imprime \u2068Sara\u2069" in shown
    assert shown.count("s’imprime") == 2, "a font has all of Tifinagh"
    assert [name for name, _, _ in people(database)] == list(names)


def test_cells_are_corrected_in_place_and_then_everybody_is_registered_once(
    coordinator, database, page
):
    upload(coordinator, page, LIST)

    coordinator.send(page, page + "/check", **{"cell-3-phone": "0687654321", "do": "refuse:1"})
    assert "2 à inscrire" in coordinator.read(page)
    coordinator.send(page, page + "/check", do="register")
    upload(coordinator, page, LIST.replace(",12,", ",0687654321,"))
    coordinator.send(page, page + "/check", do="register")

    assert people(database) == [
        ("Amina Alaoui", "+212612345678", "confirmed"),
        ("Bahia Idrissi", "+212687654321", "confirmed"),
    ]
    assert "à inscrire" not in coordinator.read(page)


ADDRESSES = """Nom,Délégation,E-mail
Helene,,hélène@exemple.fr
Neuf,,neuf@exämple.fr
Typo,,typo@gmial.com
Juste,,juste@gmai.com
"""


def emails(database):
    with database.read() as session:
        return dict(session.execute(select(Participant.name, Participant.email)).all())


def test_addresses_that_will_not_arrive_are_told_and_asked_about_and_corrected_in_place(
    coordinator, database, page
):
    shown = follow(coordinator, upload(coordinator, page, ADDRESSES)).text

    assert "1 à inscrire · 0 à modifier · 0 sans changement · 3 à corriger" in shown
    assert "peut-être \u2068helene@exemple.fr\u2069" in shown
    assert "vouliez-vous écrire \u2068typo@gmail.com\u2069" in shown
    assert re.findall(r'name="right" value="(\d+)"', shown) == ["4", "5"]
    corrected = {"cell-2-email": "helene@exemple.fr", "cell-4-email": "typo@gmail.com"}
    coordinator.send(page, page + "/check", **corrected, right="5", do="refuse:1")
    coordinator.send(page, page + "/check", do="register")

    assert emails(database) == {
        "Helene": "helene@exemple.fr",
        "Neuf": "neuf@exämple.fr",
        "Typo": "typo@gmail.com",
        "Juste": "juste@gmai.com",
    }


def test_corrections_sent_with_register_are_checked_first(coordinator, database, page):
    upload(coordinator, page, LIST)

    sent = {"cell-3-phone": "99", "do": "register", "shown": "refuse:1"}
    shown = follow(coordinator, coordinator.send(page, page + "/check", **sent)).text

    assert people(database) == []
    assert 'value="99"' in shown
    assert "Vos corrections ont d’abord été vérifiées" in shown


def test_refused_rows_stay_for_correction_and_are_deleted_once_registered(
    coordinator, database, page
):
    upload(coordinator, page, LIST)

    coordinator.send(page, page + "/check", do="register")
    left = coordinator.read(page)
    coordinator.send(page, page + "/check", **{"left-out": "3", "do": "refuse:1"})
    coordinator.send(page, page + "/check", do="register")

    assert ("Bahia Idrissi" in left, "Amina Alaoui" in left) == (True, False)
    assert [name for name, *_ in people(database)] == ["Amina Alaoui"]
    assert drafts(database) == 0


def test_the_log_says_who_imported_how_many_for_which_delegation(
    coordinator, database, page, delegation
):
    upload(coordinator, page, LIST)
    coordinator.send(page, page + "/check", do="register")

    with database.read() as session:
        [line] = session.scalars(
            select(Activity).where(Activity.action == "participants.import")
        ).all()
    assert line.operator_id is not None
    assert line.details == {
        "delegation_id": delegation.id,
        "add": 1,
        "change": 0,
        "skip": 0,
        "refuse": 1,
    }


def test_beyond_the_quota_the_page_says_so_before(coordinator, page):
    upload(coordinator, page, "Nom\nAmina A\nBahia B\nChafik C\n")

    assert "Il reste 2 places" in coordinator.read(page)


def test_rows_of_another_delegation_are_refused_by_name(coordinator, database, event, page):
    factories.a_delegation(database, event, "Salé")
    upload(coordinator, page, LIST.replace("0612345678,", "0612345678,Salé"))

    shown = coordinator.read(page)
    coordinator.send(page, page + "/check", do="register")

    assert "\u2068Salé\u2069 n’est pas \u2068Khémisset\u2069" in shown
    assert people(database) == []


def test_a_review_does_not_show_who_is_registered_with_another_delegation(
    coordinator, database, event, page
):
    upload(coordinator, page, LIST)
    before = without_tokens(coordinator.read(page))
    coordinator.send(page, page + "/discard")
    other = factories.a_delegation(database, event, "Salé")
    factories.a_participant(database, event, "Zineb Tazi", delegation=other, phone="+212612345678")
    upload(coordinator, page, LIST)

    assert without_tokens(coordinator.read(page)) == before
    with database.read() as session:
        reviews = session.scalars(
            select(Activity.details).where(Activity.action == "participants.review")
        ).all()
    assert len(reviews) == 2
    assert reviews[0] == reviews[1]
    assert reviews[0]["add"] > 0


def without_tokens(shown):
    return re.sub(r'value="[^"]{30,}"', "", shown)


def test_an_abandoned_import_is_deleted(coordinator, database, page):
    upload(coordinator, page, LIST)
    coordinator.send(page, page + "/discard")

    assert drafts(database) == 0
    assert 'type="file"' in coordinator.read(page)


def test_signing_out_makes_a_list_unreadable(coordinator, page):
    upload(coordinator, page, LIST)
    secret = coordinator.session()["import"]
    coordinator.send("/", "/logout")

    assert "import" not in coordinator.session()
    assert secret


def test_a_second_list_replaces_the_first(coordinator, database, page):
    upload(coordinator, page, LIST)
    token = coordinator.send(page, page, file=(BytesIO(b"Nom\nDriss Naciri\n"), "b.csv"))

    assert token.status_code == 303
    assert drafts(database) == 1
    shown = coordinator.read(page)
    assert ("Driss Naciri" in shown, "Bahia" in shown) == (True, False)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"%PDF-1.7 x", "list.pdf"),
        (b"<html><table>", "list.xls"),
        (b"PK\x03\x04 not a zip", "list.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old.xls"),
        (b"Nom\x00;Tel\n", "nul.csv"),
    ],
)
def test_hostile_files_are_answered_as_on_the_command_line(
    coordinator, database, page, content, name
):
    with pytest.raises(UnreadableFile) as fault:
        read_table(content, name, delegation_required=False)

    shown = follow(coordinator, upload(coordinator, page, content, name)).text

    assert str(escape(unreadable_sentence(fault.value, "fr"))) in shown
    assert 'type="file"' in shown
    with database.read() as session:
        assert session.scalars(select(ImportDraft.sealed)).all() == [b""]


def test_an_upload_without_a_file_is_reported(coordinator, page):
    assert "Aucun fichier choisi" in coordinator.send(page).text


def test_a_file_over_the_limit_is_refused_unread(coordinator, database, page):
    body = b"x" * (MAX_UPLOAD_BYTES + 1)

    response = coordinator.send_body(page, body, "multipart/form-data; boundary=x")

    assert response.status_code == 413
    assert "trop" in response.text
    assert drafts(database) == 0


def test_only_the_upload_takes_large_bodies(coordinator, page):
    body, kind = b"x" * 2_200_000, "multipart/form-data; boundary=x"

    assert coordinator.send_body(page + "/check", body, kind).status_code == 413


def test_uploads_of_one_person_are_slowed_and_their_neighbours_are_not(
    coordinator, organiser, page
):
    statuses = [upload(coordinator, page, b"").status_code for _ in range(11)]

    assert statuses == [303] * 10 + [429]
    assert upload(organiser, page, b"").status_code == 303


def test_more_rows_than_a_browser_can_bear_are_refused(coordinator, page):
    rows = "".join(f"Nom {n}a\n" for n in range(MAX_ROWS + 1))

    shown = follow(coordinator, upload(coordinator, page, "Nom\n" + rows)).text

    assert "20000" in shown.replace("\u202f", "")


def test_html_in_a_list_is_shown_as_it_was_written(coordinator, page):
    upload(coordinator, page, 'Nom,"<b>x</b>"\n"""><script>alert(1)</script>",1\n')

    shown = coordinator.read(page)

    assert "<script>alert" not in shown
    assert "<b>x</b>" not in shown
    assert "&lt;script&gt;" in shown


def test_another_delegations_import_is_not_there(coordinator, database, event, page):
    other = factories.a_delegation(database, event, "Salé")
    theirs = f"/events/rabat-2025/delegations/{other.id}/import"

    opened = [coordinator.open(theirs + more).status_code for more in ("", "/model.csv")]
    posts = ("", "/check", "/cancel", "/discard")
    sent = [coordinator.send(page, theirs + more).status_code for more in posts]

    assert (opened, sent) == ([404, 404], [404] * 4)


def test_the_check_says_who_will_lead_a_bus_and_asks_which_bus_where_none_is_named(
    coordinator, database, delegation, page
):
    factories.a_bus(database, delegation)
    rows = "Amina Alaoui,Car 1,oui\nBahia Idrissi,,نعم\n"
    upload(coordinator, page, "Nom,الحافلة,مسؤول الحافلة\n" + rows)

    to_correct = coordinator.read(page)
    new = follow(coordinator, coordinator.send(page, page + "/check", do="add:1")).text

    assert "Autocar\u00a0: aucun autocar, mais une marque" in to_correct
    assert 'name="cell-3-bus" value=""' in to_correct
    assert "✓ sera inscrit · responsable d’autocar" in " ".join(new.split())


def test_the_model_has_headings_that_the_reader_knows(coordinator, page):
    for language in LANGUAGES:
        model = coordinator.open(page + f"/model.csv?lang={language}").data

        table = read_table(model + b"x,,,,,,,,,Car 1,1\r\n", delegation_required=False)
        assert (table.unknown_columns, [row.cells for row in table.rows]) == (
            (),
            [{"name": "x", "bus": "Car 1", "bus_leader": "1"}],
        )


@pytest.fixture
def waiting(app, database, settings, monkeypatch):
    """A function that does the jobs which wait; they are not done as they are asked for."""
    keep_jobs_waiting(app, monkeypatch)
    return lambda: do_waiting_jobs(database, KEYS, settings)


def test_while_a_file_is_read_the_page_says_so_and_then_shows_its_rows(coordinator, page, waiting):
    shown = follow(coordinator, upload(coordinator, page, LIST)).text
    again = coordinator.read(page)
    waiting()

    assert all("data-going" in one and "Lecture d’une liste" in one for one in (shown, again))
    assert "1 à inscrire" in coordinator.read(page)


def test_a_canceled_reading_leaves_the_form_and_says_so(coordinator, page, waiting):
    upload(coordinator, page, LIST)

    shown = follow(coordinator, coordinator.send(page, page + "/cancel")).text

    assert ('type="file"' in shown, "La tâche a été annulée" in shown) == (True, True)


def test_who_asks_twice_asks_for_one_job(coordinator, database, page, app, monkeypatch):
    upload(coordinator, page, LIST)
    keep_jobs_waiting(app, monkeypatch)
    token = {"csrf_token": coordinator.token(page), "do": "register"}

    answers = [coordinator.send_without_token(page + "/check", **token) for _ in range(2)]

    assert answers[0].location == answers[1].location
    with database.read() as session:
        kinds = session.scalars(select(Job.kind).order_by(Job.id)).all()
    assert kinds == ["list_read", "list_register"]


@pytest.fixture
def interrupted(coordinator, database, page, app, monkeypatch, settings):
    """The page of a list of six rows that was canceled after the first two batches of two."""
    upload(coordinator, page, "Nom\n" + "".join(f"Militant N{n}a\n" for n in range(6)))
    keep_jobs_waiting(app, monkeypatch)
    coordinator.send(page, page + "/check", do="register")
    with monkeypatch.context() as patch:
        patch.setattr(importing, "BATCH", {"sqlite": 2, "postgresql": 2})
        ends = iter([False, False, True])
        do_waiting_jobs(database, KEYS, settings, is_to_end=lambda: next(ends, True))
    coordinator.send(page, page + "/cancel")
    return page


def test_an_interrupted_registration_says_how_many_are_registered(
    coordinator, database, interrupted
):
    shown = coordinator.read(interrupted)

    said = "nouvelles jusqu’ici\xa0: 4\xa0; modifiées\xa0: 0. Lignes restantes\xa0: 2"
    assert said in shown
    assert [name for name, *_ in people(database)] == [f"Militant N{n}a" for n in range(4)]


def test_the_rest_of_an_interrupted_list_is_registered_from_where_it_stands(
    coordinator, database, interrupted, settings
):
    coordinator.send(interrupted, interrupted + "/check", do="register")
    do_waiting_jobs(database, KEYS, settings)

    assert [name for name, *_ in people(database)] == [f"Militant N{n}a" for n in range(6)]
    assert drafts(database) == 0
    with database.read() as session:
        found = select(Activity.details).where(Activity.action == "participants.import")
        [line] = session.scalars(found).all()
    assert line["add"] == 6


def test_the_rest_of_an_interrupted_list_is_checked_alone(
    coordinator, database, interrupted, settings
):
    coordinator.send(interrupted, interrupted + "/check", do="check")
    do_waiting_jobs(database, KEYS, settings)

    assert "2 à inscrire · 0 à modifier · 0 sans changement" in coordinator.read(interrupted)


def test_the_rest_of_an_interrupted_list_is_given_up(coordinator, database, interrupted):
    shown = follow(coordinator, coordinator.send(interrupted, interrupted + "/discard")).text

    assert "Les inscriptions déjà enregistrées sont conservées" in shown
    assert (len(people(database)), drafts(database)) == (4, 0)


def test_after_a_registration_the_page_says_how_many_and_leads_to_them(coordinator, page):
    upload(coordinator, page, "Nom\nAmina A\n")

    shown = follow(coordinator, coordinator.send(page, page + "/check", do="register")).text

    assert "Nouvelles inscriptions\N{NO-BREAK SPACE}: 1." in shown
    assert "Voir les participants" in shown


def test_a_review_says_that_registrations_have_changed_since(
    coordinator, database, event, delegation, page
):
    upload(coordinator, page, LIST)
    before = coordinator.read(page)

    factories.a_participant(database, event, "Driss Naciri", delegation=delegation)

    said = "ont changé depuis cette vérification"
    assert [said in before, said in coordinator.read(page)] == [False, True]


def test_turning_pages_asks_for_no_job_and_keeps_corrections_that_were_made(
    coordinator, database, page
):
    upload(coordinator, page, "Nom,Téléphone\n" + "".join(f"N{n}a,1{n}\n" for n in range(30)))
    first = {"shown": "refuse:1", "do": "refuse:2", "cell-2-name": "N0a", "cell-2-phone": "10"}
    second = {"shown": "refuse:2", "do": "refuse:1", "cell-27-phone": "0612345678"}

    turned = follow(coordinator, coordinator.send(page, page + "/check", **first)).text
    corrected = follow(coordinator, coordinator.send(page, page + "/check", **second)).text

    with database.read() as session:
        kinds = session.scalars(select(Job.kind).order_by(Job.id)).all()
    assert kinds == ["list_read", "list_check"]
    assert ('name="cell-27-phone"' in turned, 'name="cell-2-phone"' in corrected) == (True, True)
    assert "1 à inscrire · 0 à modifier · 0 sans changement · 29 à corriger" in corrected
