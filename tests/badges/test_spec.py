from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from badges.spec import BadgeError
from checkin.protocol.codes import group_for_people
from tests.badges.specs import a_spec

NOBODY_NAMES_SO = {
    "name is empty: give it at least one letter": {"name": "  "},
    "name has 121 characters: shorten it to 120 at most": {"name": "A" * 121},
    "name_ar has 300 characters: shorten it to 120 at most": {"name_ar": "م" * 300},
    "name holds U+000A, which cannot be printed": {"name": "Amina\nBcc: all@example.org"},
    "name holds U+0000, which cannot be printed": {"name": "Amina\0"},
    "venue holds U+2028, which cannot be printed": {"venue": "Rabat\u2028Salé"},
    "name holds U+202E, which cannot be printed": {"name": "Amina \u202egpj.exe"},
    "delegation is empty": {"delegation": ""},
    "code is not 29 digits and capital letters": {"code": "M123"},
    "number must be 1 to 20 letters, digits": {"number": "../../etc"},
    "category_colour 'red' is not of the form #1b6e4b": {"category_colour": "red"},
    "category_shape must be one of circle, square": {"category_shape": "blob"},
    "language must be one of fr, ar, en": {"language": "es"},
    "starts_at has no time zone": {"starts_at": datetime(2025, 6, 14)},  # noqa: DTZ001 it is the case
}


@pytest.mark.parametrize(("complaint", "changes"), NOBODY_NAMES_SO.items())
def test_unprintable_values_are_refused_with_the_field_and_what_to_do(
    complaint: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(BadgeError) as refusal:
        a_spec(**changes)

    assert str(refusal.value).startswith(complaint)


@pytest.mark.parametrize(
    "name",
    [
        "A" * 120,
        "<script>alert(1)</script>",
        "ⵜⵉⴼⵉⵏⴰⵖ",
        "مُحَمَّدٌ",
        "O'Neill & fils",
        "\u200fأمينة",
        "#eval(x)",
    ],
)
def test_a_name_of_printable_letters_is_kept_as_it_is(name: str) -> None:
    assert a_spec(name=name).name == name


def test_a_badge_code_is_written_in_groups_as_people_type_it() -> None:
    spec = a_spec()

    assert spec.grouped_code == group_for_people(spec.code)
