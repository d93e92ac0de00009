"""Flags: how they are written with a person, and what gates show of them."""

from __future__ import annotations

import pytest

from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.people.flags import (
    FlagDetails,
    FlagSymbol,
    ShownFlag,
    flags_text,
    shown_flags,
    unknown_flag,
    validate_flag,
    with_flag,
    without_flag,
)

VIP = FlagDetails(
    name="VIP",
    symbol=FlagSymbol.STAR,
    sentence="Appeler le protocole",
    sentence_ar="اتصلوا بالتشريفات",
    page="Protocole",
)
ROW = FlagDetails(name="Rang", symbol=FlagSymbol.SEAT)
FRONT = FlagDetails(name="Rang avant", sentence="Devant")
DEFINED = [VIP, ROW, FRONT]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("VIP", "VIP"),
        (" vip ; Rang  12;", "vip; Rang 12"),
        ("VIP، Rang 12", "VIP; Rang 12"),
        ("VIP; vip", "vip"),
        (" ; ", ""),
        ("a;b;c;d", "a; b; c; d"),
        ("x" * 60, "x" * 60),
    ],
)
def test_flags_are_stored_once_each_however_they_are_parted(written, stored):
    assert flags_text(written) == stored


@pytest.mark.parametrize(
    ("written", "code", "value", "hints"),
    [
        ("a;b;c;d;e", "too_many_flags", "a;b;c;d;e", ("4",)),
        ("VIP;" + "x" * 61, "too_long", "x" * 61, ("60",)),
        ("VIP;=1", "formula", "=1", ()),
    ],
)
def test_what_no_volunteer_reads_or_a_spreadsheet_would_run_is_refused(written, code, value, hints):
    with pytest.raises(InvalidValue) as caught:
        flags_text(written)

    assert caught.value.in_column("flags") == Problem("flags", code, value, hints)


def test_gates_show_the_sentence_with_the_detail_and_a_stranger_as_it_is_written():
    assert shown_flags("vip; RANG 12; Rang avant gauche; Ancien", DEFINED) == [
        ShownFlag(FlagSymbol.STAR, "Appeler le protocole", "اتصلوا بالتشريفات", "Protocole"),
        ShownFlag(FlagSymbol.SEAT, "Rang 12"),
        ShownFlag(FlagSymbol.MARK, "Devant gauche"),
        ShownFlag(FlagSymbol.MARK, "Ancien"),
    ]
    assert shown_flags(None, DEFINED) == []


def test_a_flag_that_nobody_has_defined_is_told_with_those_like_it():
    assert unknown_flag("VIP; Rangs 2", DEFINED) == Problem(
        "flags", "unknown_flag", "Rangs 2", ("Rang",)
    )
    assert unknown_flag("VIP; Rang 2", DEFINED) is None


def test_an_event_without_flags_says_that_they_are_to_be_defined_first():
    assert unknown_flag("VIP", []) == Problem("flags", "no_flags", "VIP", ("–",))


def test_no_line_of_a_sentence_begins_with_a_colon():
    flag = validate_flag({"name": "F", "symbol": "star", "sentence": "Fauteuil : à gauche !"})

    assert flag.sentence == "Fauteuil\u00a0: à gauche\u00a0!"


def test_a_flag_is_set_and_taken_away_without_its_neighbours():
    set_anew = with_flag("VIP; Rang 12", "Rang", "14", DEFINED)

    assert set_anew == "VIP; Rang 14"
    assert with_flag(None, "VIP", "", DEFINED) == "VIP"
    assert without_flag("VIP; Rang avant", "Rang", DEFINED) == "VIP; Rang avant"
    assert without_flag("VIP; Rang 14", "VIP", DEFINED) == "Rang 14"


def test_a_flag_is_valid_or_every_fault_of_it_is_named():
    raw = {"name": "VIP", "symbol": "star", "sentence": "Appeler le protocole", "page": ""}
    wrong = validate_flag({"name": "a;b", "symbol": "moon", "sentence": "=1"})

    assert validate_flag(raw) == FlagDetails(
        name="VIP", symbol=FlagSymbol.STAR, sentence="Appeler le protocole"
    )
    assert [problem.code for problem in wrong] == [
        "flag_with_separator",
        "unknown_choice",
        "formula",
    ]


def test_a_flag_has_a_name_of_40_and_a_sentence_of_60_characters_at_most():
    def flag(name, sentence):
        return validate_flag({"name": name, "symbol": "star", "sentence": sentence})

    assert isinstance(flag("x" * 40, "x" * 60), FlagDetails)
    assert flag("x" * 41, "x" * 61) == [
        Problem("name", "too_long", "x" * 41, ("40",)),
        Problem("sentence", "too_long", "x" * 61, ("60",)),
    ]
