"""Where a verdict is decided: the shared vectors, and what must hold for all facts."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.scanning.facts import (
    Direction,
    EntryPolicy,
    Hours,
    Reentry,
    RegistrationStatus,
    ScanFacts,
)
from checkin.domain.scanning.reasons import REASONS, Reason
from checkin.domain.scanning.verdict import Admitted, Refused, decide
from tests.support.factories import NOW

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "admission.json").read_text("utf-8"))
CASES = VECTORS["cases"]
MOMENTS = ("opens_at", "closes_at", "reserve_from")
SEVERITY = [row.reason for row in REASONS]
FORCEABLE = {row.reason for row in REASONS if row.forceable}


def facts_of(given_facts):
    whole = VECTORS["defaults"]["facts"] | given_facts
    typed = {
        "standing": RegistrationStatus(whole["standing"]),
        "direction": Direction(whole["direction"]),
    }
    return ScanFacts(**whole | typed)


def policy_of(given_policy):
    whole = VECTORS["defaults"]["policy"] | given_policy
    moments = {name: whole[name] and datetime.fromisoformat(whole[name]) for name in MOMENTS}
    typed = {"reentry": Reentry(whole["reentry"]), "hours": tuple(map(hours_of, whole["hours"]))}
    return EntryPolicy(**whole | moments | typed)


def hours_of(written):
    moments = {name: datetime.fromisoformat(written[name]) for name in ("opens_at", "closes_at")}
    return Hours(**written | moments)


def as_written(verdict):
    admitted = isinstance(verdict, Admitted)
    return {
        "status": str(verdict.status),
        "reason": verdict.reason and str(verdict.reason),
        "entry_no": verdict.entry_no if admitted else None,
        "overridden": [str(reason) for reason in verdict.overridden] if admitted else [],
    }


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vector(case):
    at = datetime.fromisoformat(case["at"])

    verdict = decide(facts_of(case["facts"]), at, policy_of(case["policy"]))

    assert as_written(verdict) == case["verdict"]


def test_the_vectors_are_many_tell_every_reason_and_differ():
    told = {case["verdict"]["reason"] for case in CASES}
    names = [case["name"] for case in CASES]

    assert len(CASES) >= 60
    assert told == {None, *map(str, Reason)}
    assert len(set(names)) == len(names)


def test_the_defaults_of_the_vectors_are_those_of_the_code():
    assert facts_of({}) == ScanFacts()
    assert policy_of({}) == EntryPolicy()


def test_the_reasons_of_the_vectors_are_those_of_the_code():
    told = ("reason", "forceable", "face", "next_step")
    rows = [
        {name: getattr(row, name) for name in told} | {"known_steps": [*row.known_steps]}
        for row in REASONS
    ]

    assert VECTORS["reasons"] == rows


def entered_if_inside(f):
    return f.entries > 0 or not f.inside


moments = st.one_of(st.none(), st.integers(-3, 3).map(lambda h: NOW + timedelta(hours=h)))
some_id = st.sampled_from([None, 1, 2])
own_hours = st.builds(
    Hours,
    opens_at=moments.filter(bool),
    closes_at=moments.filter(bool),
    gate_id=some_id,
    category_id=some_id,
)
policies = st.builds(
    EntryPolicy,
    reentry=st.sampled_from(Reentry),
    opens_at=moments,
    closes_at=moments,
    reserve_from=moments,
    capacity=st.one_of(st.none(), st.integers(1, 3)),
    hours=st.lists(own_hours, max_size=2).map(tuple),
)
facts = st.builds(
    ScanFacts,
    known=st.sampled_from([True, True, True, False]),
    same_event=st.sampled_from([True, True, True, False]),
    badge_revoked=st.booleans(),
    standing=st.sampled_from(RegistrationStatus),
    blocked=st.booleans(),
    gate_admits=st.booleans(),
    gate_id=some_id,
    category_id=some_id,
    entries=st.integers(0, 2),
    inside=st.booleans(),
    places_used=st.integers(0, 3),
    quota=st.integers(0, 3),
    hall_inside=st.integers(0, 3),
    direction=st.sampled_from(Direction),
    forced=st.booleans(),
).filter(entered_if_inside)
entries = facts.map(lambda f: dataclasses.replace(f, direction=Direction.ENTRY))
exits = facts.map(lambda f: dataclasses.replace(f, direction=Direction.EXIT))


def without_force(f):
    return dataclasses.replace(f, forced=False)


def forced(f):
    return dataclasses.replace(f, forced=True)


@given(facts, policies)
def test_the_same_facts_always_get_the_same_verdict(f, policy):
    assert decide(f, NOW, policy) == decide(dataclasses.replace(f), NOW, policy)


@given(entries, policies)
def test_what_is_more_serious_is_never_hidden_by_a_further_objection(f, policy):
    before = decide(without_force(f), NOW, policy)
    after = decide(dataclasses.replace(without_force(f), blocked=True), NOW, policy)

    assert isinstance(after, Refused)
    expected = Reason.BLOCKED
    if isinstance(before, Refused):
        expected = min(before.reason, Reason.BLOCKED, key=SEVERITY.index)
    assert after.reason == expected


@given(entries, policies)
def test_an_override_never_admits_whom_nobody_may_answer_for(f, policy):
    plain, overridden = decide(without_force(f), NOW, policy), decide(forced(f), NOW, policy)

    if isinstance(plain, Refused) and plain.reason not in FORCEABLE:
        assert overridden == plain
    elif isinstance(plain, Refused):
        assert isinstance(overridden, Admitted)
        assert overridden.overridden[0] == plain.reason
    else:
        assert overridden == plain


@given(entries, policies)
def test_overridden_reasons_are_forceable_and_in_order_of_severity(f, policy):
    verdict = decide(forced(f), NOW, policy)

    if isinstance(verdict, Admitted):
        assert set(verdict.overridden) <= FORCEABLE
        assert list(verdict.overridden) == sorted(verdict.overridden, key=SEVERITY.index)


@given(exits, policies)
def test_nobody_we_know_is_kept_from_leaving(f, policy):
    known_here = f.known and f.same_event

    assert isinstance(decide(f, NOW, policy), Admitted) == known_here


@given(exits, policies)
def test_an_exit_counts_nobody_in(f, policy):
    verdict = decide(f, NOW, policy)

    assert getattr(verdict, "entry_no", None) is None


@given(entries, policies)
def test_whoever_is_inside_is_never_counted_twice(f, policy):
    verdict = decide(dataclasses.replace(f, inside=True, entries=max(1, f.entries)), NOW, policy)

    assert getattr(verdict, "entry_no", None) is None


@given(entries, policies)
def test_an_entry_is_numbered_after_those_before(f, policy):
    verdict = decide(dataclasses.replace(f, inside=False), NOW, policy)

    assert getattr(verdict, "entry_no", f.entries + 1) == f.entries + 1


@given(entries, policies)
def test_without_an_override_single_admits_only_once(f, policy):
    single = dataclasses.replace(policy, reentry=Reentry.SINGLE)
    verdict = decide(without_force(f), NOW, single)

    assert not isinstance(verdict, Admitted) or f.entries == 0


@given(entries, policies)
def test_without_an_override_nobody_passes_a_full_quota_or_hall(f, policy):
    verdict = decide(without_force(f), NOW, policy)

    if isinstance(verdict, Admitted) and verdict.entry_no is not None:
        assert verdict.entry_no > 1 or f.places_used < f.quota
        assert policy.capacity is None or f.hall_inside < policy.capacity
