"""Which names are spellings of one, and the terms by which an index finds them."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.common.name_key import (
    distance,
    is_one_name,
    name_terms,
    whole_terms,
    whole_terms_in,
    word_terms,
)
from checkin.domain.common.name_sounds import words_of
from tests.support.name_pairs import DISTANCES, HELD_BACK, ONE_NAME, TWO_NAMES, measured

RECOGNISED, CONFUSED = 0.97, 0.01
LETTERS = st.text("aehilmnostuyk عمحدنايةوبل'-", max_size=24)


def recognised(pairs):
    return [pair for pair in pairs if is_one_name(*pair)]


@pytest.mark.parametrize(
    ("one_name", "two_names"),
    [(ONE_NAME, TWO_NAMES), (HELD_BACK["one_name"], HELD_BACK["two_names"])],
    ids=["pairs", "held back"],
)
def test_spellings_of_a_name_are_recognised_and_close_names_are_kept_apart(one_name, two_names):
    missed = [pair for pair in one_name if not is_one_name(*pair)]
    confused = recognised(two_names)

    assert len(missed) <= (1 - RECOGNISED) * len(one_name), missed
    assert len(confused) <= CONFUSED * len(two_names), confused


def test_an_index_of_terms_finds_every_spelling_that_is_recognised():
    """Each word shares a term with the other name, and the whole names share one."""
    lost = []
    for one, other in recognised([*ONE_NAME, *HELD_BACK["one_name"]]):
        terms = set(name_terms(other).split())
        by_words = all(terms & set(word_terms(word)) for word in words_of(one))
        by_whole = set(whole_terms(words_of(one))) & set(whole_terms_in(name_terms(other)))
        if not by_whole or not (by_words or len(words_of(one)) != len(words_of(other))):
            lost.append((one, other))

    assert lost == []


def test_the_distances_to_which_the_scripts_of_pages_are_held_are_these():
    assert json.loads(DISTANCES.read_text("utf-8")) == measured()


def test_particles_articles_and_titles_make_no_words_of_their_own():
    read = {
        "Mohammed BEN-ALI": ("mohammed", "benali"),
        "Abd El Kader  El Khattabi": ("abdelkader", "el-khattabi"),
        "M’hamed O'Neill": ("mhamed", "oneill"),
        "Sidi Mly Ali Ech-Chaabi": ("ali", "el-chaabi"),
        "Nour Eddine Aït Saïd": ("noureddine", "aitsaid"),
        "الحاج عبد القادر بن علي": ("عبدالقادر", "بنعلي"),
        "Moulay": ("moulay",),
        "3bdou 7amid": ("abdou", "hamid"),
        "- 12 ?": ("12",),
        "": (),
    }

    assert {name: words_of(name) for name in read} == read


def test_a_name_of_no_sound_is_the_same_as_nobodys():
    assert not is_one_name("Militant 12", "Militant 34")
    assert not is_one_name("G500", "G501")
    assert not is_one_name("Militant N2a", "Militant N3a")
    assert not is_one_name("", "Amina")
    assert is_one_name("Aya", "آية")


@given(LETTERS, LETTERS)
def test_the_order_of_two_names_makes_no_difference(one, other):
    assert distance(one, other) == distance(other, one)


@given(st.text(max_size=40))
def test_terms_are_small_latin_letters_whatever_the_name(name):
    assert re.fullmatch("[a-z]*( [a-z]+)*", name_terms(name, name))


def test_terms_that_are_stored_change_only_with_a_migration_that_empties_the_column():
    stored = {
        name: name_terms(name)
        for name in ("Mohammed Ben Ali", "العمراني", "Fatima Ezzahra", "Hassania")
    }

    assert stored == {
        "Mohammed Ben Ali": "mhmd mmd qmmd bnli qbnl mhmdbnli mmdbnli vbdmmn",
        "العمراني": "almrni olmrni amrni omrni mrni lmrni qlmrn qmrn vmnr",
        "Fatima Ezzahra": "ftma qftm azhra zhra qzr ftmzhra vdfmrt",
        "Hassania": "hsna qsn vnt",
    }
