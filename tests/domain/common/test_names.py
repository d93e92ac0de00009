"""Names: what is kept, what is refused, and what counts as the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.common.names import (
    clean_name,
    clean_text,
    fold_name,
    folded_apart,
    folded_both,
    is_arabic,
)
from checkin.domain.common.problems import InvalidValue

WRITTEN_TWO_WAYS = [
    ("EL FASSI Amina", "el fassi amina"),
    ("Aït-Ali  Saïd", "ait ali said"),
    ("M’hamed O'Hara", "m hamed o hara"),
    ("Cœur Straße Łódź Đorđe", "coeur strasse lodz dorde"),
    ("e\u0301lise É", "elise e"),
    ("أحمد", "احمد"),
    ("إدريس", "ادريس"),
    ("آمنة", "امنه"),
    ("ٱلمهدي", "المهدي"),
    ("مصطفى", "مصطفي"),
    ("فاطمة", "فاطمه"),
    ("رؤوف", "رووف"),
    ("عائشة", "عايشه"),
    ("گنون ڭنون کنون", "كنون كنون كنون"),
    ("علی", "علي"),
    ("مـحـمـد", "محمد"),
    ("مُحَمَّد", "محمد"),
    ("ﻻﻟﻲ", "لالي"),
    ("الخميسات ١٢ ۳٤", "الخميسات 12 34"),
    ("İstanbul", "istanbul"),
    ("A\u20dd Bouzid", "a bouzid"),
    ("Ami\u200dna", "amina"),
    ("  \u200f(أمينة)\u200e ", "امينه"),
    ("???", ""),
]


@pytest.mark.parametrize(("written", "folded"), WRITTEN_TWO_WAYS)
def test_a_name_folds_to_what_every_spelling_shares(written, folded):
    assert fold_name(written) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold_name(fold_name(text)) == fold_name(text)


def test_folding_any_single_letter_twice_changes_nothing_more():
    letters = [chr(point) for point in range(0x3000)]

    assert [x for x in letters if fold_name(fold_name(x)) != fold_name(x)] == []


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZÀÂÇÉÈÊËÎÏÔÙÛÜŸ -'"))
def test_case_never_tells_two_names_apart(text):
    assert fold_name(text.lower()) == fold_name(text)


@given(st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآىةؤئ"), st.sampled_from("ًٌٍَُِّْٰـ"))
def test_vowel_signs_and_tatweel_never_tell_two_names_apart(text, sign):
    assert fold_name(sign.join(text)) == fold_name(text)


@pytest.mark.parametrize(
    ("text", "arabic"),
    [
        ("أمينة الفاسي", True),
        ("Amina El Fassi", False),
        ("أمينة A.", True),
        ("Amina أ", False),
        ("أب AB", True),
        ("أ", True),
        ("أب ABC", False),
        ("١٢٣", False),
        ("", False),
    ],
)
def test_a_text_is_arabic_when_half_of_its_letters_are(text, arabic):
    assert is_arabic(text) is arabic


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Amina \t El\nFassi ", "Amina El Fassi"),
        ("He\u0301le\u0300ne", "Hélène"),
        ("\u200fأمينة\u200e", "أمينة"),
        ("Jean-Luc O'Brien (fils)", "Jean-Luc O'Brien (fils)"),
        ("<b>Robert'); DROP TABLE--", "<b>Robert'); DROP TABLE--"),
        ("x" * 120, "x" * 120),
    ],
)
def test_a_name_is_kept_as_written_but_for_its_spaces(written, kept):
    assert clean_name(written) == kept


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "missing_name"),
        (" \u200f\t", "missing_name"),
        ("x" * 121, "too_long"),
        ("Ami\0na", "control_characters"),
        ("Ami\x1bna", "control_characters"),
        ("Ami\x1cna", "control_characters"),
        ("Ami\ud800na", "control_characters"),
        ("Ami\u202ena", "bidi_override"),
        ("Ami\u2067na", "bidi_override"),
        ("1234", "no_letters"),
        ("=HYPERLINK(A1)", "formula"),
        ("+cmd", "formula"),
        ("-1+1", "formula"),
        ("@SUM(A1)", "formula"),
    ],
)
def test_what_cannot_be_a_name_is_refused(written, reason):
    with pytest.raises(InvalidValue) as refused:
        clean_name(written)

    assert (refused.value.reason, refused.value.value.strip(" \u200f\t")) == (
        reason,
        written.strip(" \u200f\t"),
    )


def test_a_name_that_is_too_long_is_refused_with_the_limit():
    with pytest.raises(InvalidValue) as refused:
        clean_name("x" * 121)

    assert refused.value.hints == ("120",)


@given(st.text(max_size=100))
def test_cleaning_twice_changes_nothing_more(text):
    try:
        once = clean_text(text, 400)
    except InvalidValue:
        return
    assert clean_text(once, 400) == once


@given(name=st.text().filter(fold_name), name_ar=st.text().filter(fold_name))
def test_names_that_were_folded_together_come_apart_again(name, name_ar):
    both = fold_name(name), fold_name(name_ar)

    assert folded_apart(*folded_both(name, name_ar)) == both
    assert folded_apart(*folded_both(name, None)) == both[:1]
    assert folded_apart(*folded_both("", name_ar)) == both[1:]


def test_a_person_without_a_name_has_no_folded_one():
    assert folded_both("", None) == ("", "")
