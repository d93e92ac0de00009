"""A form's fields are read one by one, and all of their problems are told at once."""

from __future__ import annotations

from checkin.domain.common.forms import Form
from checkin.domain.common.names import clean_name
from checkin.domain.common.problems import FieldProblem, InvalidValue, Problem


def test_a_form_gives_the_values_and_collects_the_problems():
    form = Form({"name": "  Amina Alaoui ", "name_ar": "123", "quota": "12"})

    read = [form.read(field, clean_name) for field in ("name", "name_ar", "contact")]
    form.object("quota", "too_small", "40")
    form.object("places", "too_small")

    assert read == ["Amina Alaoui", None, None]
    assert form.problems == [
        Problem("name_ar", "no_letters", "123"),
        Problem("contact", "missing_name"),
        Problem("quota", "too_small", "12", ("40",)),
        Problem("places", "too_small"),
    ]


def test_an_invalid_value_says_why_and_becomes_a_problem_of_its_column():
    invalid = InvalidValue("too_long", "x" * 9, "8")
    stored = FieldProblem("phone", "taken", "+212612345678", "Amina Alaoui")

    assert str(invalid) == "too_long"
    assert invalid.in_column("note") == Problem("note", "too_long", "x" * 9, ("8",))
    assert stored.problem == Problem("phone", "taken", "+212612345678", ("Amina Alaoui",))
    assert str(stored) == "taken"
