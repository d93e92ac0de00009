"""Importing a list from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

LIST = (
    "Nom complet;الاسم بالعربية;Délégation;Catégorie;E-mail;Téléphone\n"
    "Amina Tazi;أمينة التازي;Rabat;Militant;amina.tazi@example.org;0661 23 45 67\n"
    "Omar Alaoui;;Salé;Élu;;0777777777\n"
    "Sans Délégation;;Atlantide;Militant;;\n"
    "Mauvais Téléphone;;Rabat;Militant;;12\n"
)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(LIST, "utf-8")
    return path


def test_a_dry_run_tells_row_column_and_reason_and_writes_nothing(demo: Run, people: Path) -> None:
    dry = demo("import", people, "--dry-run", "--language", "fr")
    again = demo("import", people, "--dry-run", "--json")

    assert dry.code == 2
    assert "Ligne 4 · Délégation" in dry.out
    assert "Ligne 5 · Téléphone" in dry.out
    assert "ajoutées 2 · modifiées 0 · ignorées 0 · refusées 2" in dry.out
    assert "rien n’a été enregistré" in dry.out
    assert json.loads(again.out)["counts"] == {"add": 2, "change": 0, "skip": 0, "refuse": 2}


def test_columns_that_are_not_known_are_told(demo: Run, people: Path) -> None:
    people.write_text("Nom;Délégation;Repas;Siège\nAmina Tazi;Rabat;midi;4\n", "utf-8")

    dry = demo("import", people, "--dry-run", "--language", "fr")

    assert dry.out.splitlines()[0].endswith("car inconnues : Repas · Siège")


def test_a_name_that_no_font_has_is_told_and_refused_by_nothing(demo: Run, people: Path) -> None:
    people.write_text("Nom;Délégation;Catégorie\n王小明;Rabat;Élu\nAmina Tazi;Rabat;Élu\n", "utf-8")

    dry = demo("import", people, "--dry-run", "--language", "fr")
    machine = json.loads(demo("import", people, "--dry-run", "--json", "--language", "en").out)

    assert dry.code == 0
    assert "Ligne 2 · \u2068王小明\u2069 s’imprime \u2068Wang Xiao Ming\u2069" in dry.out
    assert [note.partition(" is printed as ")[2][:16] for note in machine["notes"]] == [
        "\u2068Wang Xiao Ming\u2069"
    ]


def test_a_second_import_adds_nobody_and_a_corrected_one_changes(demo: Run, people: Path) -> None:
    first = json.loads(demo("import", people, "--json").out)["counts"]
    second = json.loads(demo("import", people, "--json").out)["counts"]
    people.write_text(LIST.replace("0777777777", "0777777778"), "utf-8")
    third = json.loads(demo("import", people, "--json").out)

    assert first == {"add": 2, "change": 0, "skip": 0, "refuse": 2}
    assert second == {"add": 0, "change": 0, "skip": 2, "refuse": 2}
    assert third["counts"] == {"add": 0, "change": 1, "skip": 1, "refuse": 2}
    assert [row["changes"] for row in third["rows"] if row["action"] == "change"] == [
        {"phone": "+212777777778"}
    ]


DOUBTFUL = (
    "Nom;Délégation;Catégorie;E-mail\n"
    "Amina Tazi;Rabat;Militant;amina@gmial.com\n"
    "Omar Alaoui;Rabat;Élu;omar@example.org;de trop\n"
    "Samira Idrissi;Rabat;Élu;samira@gmial.com\n"
)


def test_a_row_that_is_doubtful_is_asked_about_and_taken_where_it_is_said_to_be_right(
    demo: Run, people: Path
) -> None:
    people.write_text(DOUBTFUL, "utf-8")

    asked = demo("import", people, "--dry-run", "--language", "fr")
    machine = json.loads(demo("import", people, "--dry-run", "--json").out)
    said = demo("import", people, "--right", "2", "--right", "3", "--json")
    corrected = demo("import", people, "--right", "4", "--language", "en")
    again = json.loads(demo("import", people, "--right", "4", "--json").out)

    assert "amina@gmial.com" in asked.out
    assert "juste telle quelle, dites-le\u00a0: --right 2 --right 3 --right 4" in asked.out
    assert machine["doubtful"] == [2, 3, 4]
    assert (said.code, json.loads(said.out)["counts"]["add"]) == (2, 2)
    assert json.loads(said.out)["doubtful"] == [4]
    # Nobody is asked again about an address that is registered; what is read is asked each time.
    assert (corrected.code, "added 1" in corrected.out) == (2, True)
    assert "say so: --right 3\n" in corrected.out
    assert again["counts"] == {"add": 0, "change": 0, "skip": 2, "refuse": 1}


def test_a_row_that_the_file_does_not_have_is_not_right(demo: Run, people: Path) -> None:
    people.write_text(DOUBTFUL + "TOTAL;3;;\n", "utf-8")

    ran = demo("import", people, "--right", "2", "--right", "5", "--right", "9", "--language", "fr")

    assert (ran.code, ran.out) == (1, "")
    assert "--right" in ran.err
    assert "laissées de côté\u00a0: 5, 9. Rien n’a été enregistré." in ran.err
    assert json.loads(demo("import", people, "--dry-run", "--json").out)["counts"]["add"] == 0


def test_the_report_is_in_arabic_when_asked(demo: Run, people: Path) -> None:
    assert "مرفوضة 2" in demo("import", people, "--dry-run", "--language", "ar").out


def test_an_unreadable_file_is_one_sentence(demo: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"Nom;D\xe9l\xe9gation\nA\x00B;Rabat\n")

    ran = demo("import", path, "--language", "en")

    assert (ran.code, ran.out) == (1, "")
    assert "(NUL byte in line \u20682\u2069)" in ran.err
    assert "Traceback" not in ran.err
