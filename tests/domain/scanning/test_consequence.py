"""What a verdict changes: who is counted in, with or without a place, and what is noted."""

from __future__ import annotations

import pytest

from checkin.domain.scanning.facts import Direction, RegistrationStatus, ScanFacts
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Admitted, Consequence, Refused, consequence

CONFIRMED, RESERVE, CANCELED = RegistrationStatus
EXIT = Direction.EXIT
HERE = ScanFacts(quota=5)


@pytest.mark.parametrize(
    ("facts", "verdict", "changes"),
    [
        (HERE, Admitted(entry_no=1), Consequence(entry_no=1)),
        (HERE, Admitted(entry_no=2), Consequence(entry_no=2)),
        (HERE, Admitted(), Consequence()),
        (ScanFacts(direction=EXIT), Admitted(), Consequence(leaves=True)),
        (HERE, Refused(Reason.BLOCKED), Consequence(refusal=True)),
        (ScanFacts(direction=EXIT), Refused(Reason.INVALID), Consequence(refusal=True)),
        # a supervisor who sets aside that there is no place gives none
        (
            HERE,
            Admitted(1, (Reason.BLOCKED, Reason.QUOTA_EXCEEDED)),
            Consequence(entry_no=1, without_place=True),
        ),
        (HERE, Admitted(1, (Reason.UNAPPROVED,)), Consequence(entry_no=1, without_place=True)),
        (HERE, Admitted(1, (Reason.BLOCKED, Reason.CAPACITY_EXCEEDED)), Consequence(entry_no=1)),
        (HERE, Admitted(2, (Reason.QUOTA_EXCEEDED,)), Consequence(entry_no=2)),
    ],
)
def test_a_verdict_of_the_server_changes_what_it_says(facts, verdict, changes):
    assert consequence(facts, verdict) == changes


def against_the_rules(entry_no=None, *, without_place=False):
    return Consequence(entry_no=entry_no, without_place=without_place, conflict=True)


@pytest.mark.parametrize(
    ("facts", "changes"),
    [
        # an arrival takes a place only where the person has one that is not used by others
        (ScanFacts(places_used=4, quota=5), against_the_rules(1)),
        (ScanFacts(places_used=5, quota=5), against_the_rules(1, without_place=True)),
        (ScanFacts(standing=RESERVE, quota=5), against_the_rules(1, without_place=True)),
        (ScanFacts(standing=CANCELED, quota=5), against_the_rules(1, without_place=True)),
        (ScanFacts(entries=1, places_used=5, quota=5), against_the_rules(2)),
        (ScanFacts(entries=2, standing=CANCELED), against_the_rules(3)),
        # nobody is counted in twice, nor for a code that is not of this event
        (ScanFacts(inside=True, entries=1), against_the_rules()),
        (ScanFacts(inside=True, places_used=5, quota=5), against_the_rules()),
        (ScanFacts(known=False), against_the_rules()),
        (ScanFacts(same_event=False), against_the_rules()),
        (ScanFacts(direction=EXIT), against_the_rules()),
    ],
)
def test_who_was_let_in_against_the_rules_is_counted_once_and_a_conflict(facts, changes):
    assert consequence(facts, Refused(Reason.CANCELED), let_in=True) == changes


def test_what_is_not_said_to_change_does_not():
    assert Consequence() == Consequence(
        entry_no=None,
        without_place=False,
        on_loan=False,
        leaves=False,
        refusal=False,
        conflict=False,
    )


def test_who_was_let_in_as_the_rules_say_is_no_conflict():
    assert consequence(HERE, Admitted(entry_no=1), let_in=True) == Consequence(entry_no=1)


@pytest.mark.parametrize(
    ("changes", "only_admits"),
    [
        (Consequence(), True),
        (Consequence(entry_no=1, without_place=True), True),
        (Consequence(leaves=True), False),
        (Consequence(refusal=True), False),
        (Consequence(entry_no=1, conflict=True), False),
    ],
)
def test_an_arrival_needs_nothing_written_beside_the_scan(changes, only_admits):
    assert changes.only_admits is only_admits
