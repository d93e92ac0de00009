"""Whose words an index in memory finds: in other spellings, in one word or two, by their sound."""

from __future__ import annotations

import pytest

from checkin.domain.people.name_index import NameIndex


def index_of(*names):
    index = NameIndex()
    for number, name in enumerate(names, start=1):
        index.put(number, [name])
    return index


@pytest.mark.parametrize(
    ("typed", "names", "found"),
    [
        # spellings leave out h, w and y
        ("moamed", ["Mohamed Tazi"], {1}),
        ("iasmine ouafa", ["Yasmine Wafa"], {1}),
        # two words for one, and what stands before and behind them counts
        ("abdel karim tazi", ["Abdelkarim Tazi", "Abdelkarim Naciri"], {1}),
        ("tazi abdel karim", ["Abdelkarim Tazi", "Abdelkarim Naciri"], {1}),
        ("ali abdel karim tazi", ["Ali Abdelkarim Tazi", "Omar Abdelkarim Tazi"], {1}),
        # one word for two, which may share a consonant
        ("alitazi", ["Ali Tazi", "Lala Tizi"], {1}),
        ("ahmeddarif", ["Ahmed Darif", "Ahmed Tazi"], {1}),
        # whoever only sounds like it is no other spelling
        ("samira", ["Samir"], set()),
    ],
)
def test_every_word_is_found_in_any_spelling(typed, names, found):
    assert index_of(*names).spelt(typed) == found


@pytest.mark.parametrize(
    ("typed", "names", "found"),
    [
        ("samira", ["Samir", "Karim"], {1}),
        ("said", ["Saidoun"], {1}),
        ("hossein", ["Hassani"], {1}),
    ],
)
def test_names_are_found_that_sound_like_it_or_begin_so(typed, names, found):
    assert index_of(*names).sounding(typed) == found
