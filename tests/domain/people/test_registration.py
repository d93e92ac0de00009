"""Every source of registrations validates a participant in the same way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkin.domain.common.problems import Problem
from checkin.domain.people.registration import Registration, validate
from checkin.words.languages import LANGUAGES
from checkin.words.problems import COLUMN_NAMES, problem_sentence


def test_a_full_form_becomes_a_registration():
    raw = {
        "name": " Amina  EL FASSI ",
        "name_ar": "أمينة الفاسي",
        "delegation": "Khémisset",
        "category": "Élu",
        "email": "Amina@Example.MA",
        "phone": "06 12 34 56 78",
        "language": "Français",
        "note": "+ 1 accompagnant",
        "allow_duplicate": "Oui",
        "shoe_size": "38",
    }

    assert validate(raw) == Registration(
        name="Amina EL FASSI",
        name_ar="أمينة الفاسي",
        delegation="Khémisset",
        category="Élu",
        email="amina@example.ma",
        phone="+212612345678",
        language="fr",
        note="+ 1 accompagnant",
        allow_duplicate=True,
    )


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ({"name": "Amina"}, ("Amina", None)),
        ({"name": "أمينة"}, ("", "أمينة")),
        ({"name_ar": "أمينة"}, ("", "أمينة")),
        ({"name_ar": "Amina"}, ("Amina", None)),
        ({"name": "أمينة", "name_ar": "Amina"}, ("Amina", "أمينة")),
        ({"name": "Amina", "name_ar": "  "}, ("Amina", None)),
        ({"name": "أمينة", "name_ar": "  "}, ("", "أمينة")),
        ({"name": "أمينة", "name_ar": "الفاسي"}, ("أمينة", "الفاسي")),
        ({"name": "Amina", "name_ar": "El Fassi"}, ("Amina", "El Fassi")),
    ],
)
def test_each_name_goes_where_its_letters_belong(raw, names):
    registration = validate({**raw, "delegation": "Rabat"})

    assert registration == Registration(name=names[0], name_ar=names[1], delegation="Rabat")


def test_everything_wrong_is_said_at_once():
    raw = {
        "name": "=1+1",
        "email": "amina",
        "phone": "12",
        "language": "tlh",
        "note": "x" * 501,
        "allow_duplicate": "perhaps",
    }

    own_names = tuple(one.own_name for one in LANGUAGES.values())

    assert validate(raw) == [
        Problem("name", "formula", "=1+1"),
        Problem("email", "invalid_email", "amina"),
        Problem("phone", "invalid_phone", "12"),
        Problem("language", "unknown_language", "tlh", own_names),
        Problem("note", "too_long", "x" * 501, ("500",)),
        Problem("allow_duplicate", "unknown_answer", "perhaps"),
        Problem("delegation", "missing_delegation"),
    ]


@pytest.mark.parametrize("note", ["=1+1", "@SUM(A1)"])
def test_a_note_is_no_formula(note):
    raw = {"name": "Amina", "delegation": "Rabat", "note": note}

    assert validate(raw) == [Problem("note", "formula", note)]


def test_who_leads_a_bus_rides_in_one():
    amina = {"name": "Amina", "delegation": "Rabat", "bus_leader": "oui"}

    assert validate(amina) == [Problem("bus", "leader_without_bus")]
    assert validate({**amina, "bus": "=1"}) == [Problem("bus", "formula", "=1")]
    assert validate({**amina, "bus": "Car 1"}) == Registration(
        name="Amina", delegation="Rabat", bus="Car 1", bus_leader=True
    )


def test_an_empty_form_lacks_a_name_and_a_delegation():
    assert validate({}) == [
        Problem("name", "missing_name"),
        Problem("delegation", "missing_delegation"),
    ]


@pytest.mark.parametrize(
    ("word", "language"),
    [("fr", "fr"), ("ARABE", "ar"), ("العربية", "ar"), ("الإنجليزية", "en"), ("english", "en")],
)
def test_a_language_may_be_named_in_any_language(word, language):
    registration = validate({"name": "Amina", "delegation": "Rabat", "language": word})

    assert registration == Registration(name="Amina", delegation="Rabat", language=language)


@given(st.dictionaries(st.sampled_from(sorted(COLUMN_NAMES)), st.text()))
@settings(deadline=None)
def test_any_text_is_registered_or_refused_with_sentences(raw):
    answer = validate(raw)

    if isinstance(answer, list):
        said = [problem_sentence(problem, language) for problem in answer for language in LANGUAGES]
        assert len(said) == len(LANGUAGES) * len(answer) > 0
        assert not any("\0" in sentence or "\u202e" in sentence for sentence in said)
    else:
        assert answer.name or answer.name_ar


def test_a_sentence_names_the_column_and_says_what_to_do():
    problem = Problem("phone", "rounded_phone", "6,12E+08")

    assert [problem_sentence(problem, language) for language in ("fr", "ar", "en", "de")] == [
        "Téléphone\u00a0: \u20686,12E+08\u2069 a perdu des chiffres dans le fichier\u00a0; mettez "
        "la colonne au format texte et retapez le numéro.",
        "الهاتف: \u20686,12E+08\u2069 فقد أرقاما في الملف؛ اجعلوا العمود نصا وأعيدوا كتابة الرقم.",
        "Phone: \u20686,12E+08\u2069 lost digits in the file; format the column as text and "
        "type the number again.",
        problem_sentence(problem, "fr"),
    ]


def test_a_long_or_tricky_value_is_shown_short_and_harmless():
    sentence = problem_sentence(Problem("name", "no_letters", "\u202e1\0" + "2" * 100), "en")

    assert sentence == (
        "Name: \u2068\ufffd1\ufffd"
        + "2" * 57
        + "…\u2069 has no letter; check that the columns are "
        "not shifted."
    )
