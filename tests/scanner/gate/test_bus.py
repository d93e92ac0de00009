"""A bus at the gate: who is ticked, and what the verdicts sum up to; as in JavaScript."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.core.scan import Kind
from scanner.gate.bus import bus_list_of, moved, scans_of, spaced, summed_up, toggled, typed
from tests.support.factories import NOW

VECTOR = json.loads(
    (Path(__file__).parents[2] / "vectors" / "bus_list.json").read_text(encoding="utf-8")
)


@pytest.fixture
def content():
    return VECTOR["content"]


def opened(content, arrived=()):
    people = [
        one
        | {"arrived_at": "2025-06-14T14:00:00Z" if one["participant"]["name"] in arrived else None}
        for one in content["people"]
    ]
    return bus_list_of(content | {"people": people})


def scanned(bus):
    return [one.content["participant"]["name"] for one in scans_of(bus, NOW)]


def kind_of(name):
    # The page has a face of its own for what nobody can decide; here that is a fault, and red.
    return Kind.REFUSED if name == "unconfirmed" else Kind(name)


@pytest.mark.parametrize("case", VECTOR["results"])
def test_verdicts_are_summed_up_as_the_vectors_say(case):
    result = summed_up(map(kind_of, case["kinds"]), case["in_before"])

    told = (result.let_in, result.already, list(result.refused))
    assert told == (case["let_in"], case["already"], case["refused"])


@pytest.mark.parametrize("case", VECTOR["spaces"])
def test_the_space_key_goes_on_with_a_name_or_ticks_as_the_vectors_say(content, case):
    people = [
        one | {"participant": one["participant"] | {"name": name, "name_ar": name}}
        for one, name in zip(content["people"], case["names"], strict=True)
    ]
    bus = typed(bus_list_of(content | {"people": people}), case["letters"])

    assert (spaced(bus).letters == case["letters"] + " ") == case["goes_on"]


def test_everybody_is_ticked_but_who_has_come_in_and_is_sent_by_number_and_kept_by_ref(content):
    bus = opened(content, arrived=["Amina 1"])

    [scan] = scans_of(bus, NOW)

    ref = content["people"][1]["ref"]
    assert bus.in_before == 1
    assert (scan.body()["source"], scan.body()["participant_id"]) == ("bus", 2)
    assert (scan.kept()["badge_ref"], "participant" in str(scan.kept())) == (ref, False)


@pytest.mark.parametrize("letters", ["BRAH", "إبر", "ابراه"])
def test_who_is_missing_is_found_by_letters_of_either_script_and_is_not_scanned(content, letters):
    bus = toggled(typed(opened(content), letters))

    assert scanned(bus) == ["Amina 1"]
    assert (bus.shown, bus.marked) == ((0, 1), 1)


def test_the_mark_stays_within_the_list_and_ticks_again_whom_it_took_out(content):
    bus = moved(opened(content), -1)
    assert bus.marked == 0

    bus = moved(bus, 5)

    assert bus.marked == 1
    assert scanned(toggled(toggled(bus))) == ["Amina 1", "Brahim 2"]


def test_nobody_is_marked_where_no_name_matches_and_who_has_come_in_cannot_be_ticked(content):
    bus = opened(content, arrived=["Amina 1"])

    assert typed(bus, "zzz").marked is None
    assert toggled(typed(bus, "zzz")) == typed(bus, "zzz")
    assert scanned(toggled(bus)) == ["Brahim 2"]
