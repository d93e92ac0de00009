"""What a read token may read, as a form chooses it and as it is stored."""

from __future__ import annotations

from checkin.domain.integrations.read_tokens import (
    LIFETIMES,
    USUAL_LIFETIME,
    Scope,
    chosen_scopes,
    read_scopes,
    written_scopes,
)

COUNTS, ARRIVALS, PEOPLE, CONTACTS = Scope


def test_scopes_are_chosen_in_their_order_and_contacts_come_with_people():
    assert chosen_scopes(["people", "counts", "everything"]) == (COUNTS, PEOPLE)
    assert chosen_scopes(["contacts"]) == (PEOPLE, CONTACTS)
    assert chosen_scopes([]) == ()


def test_scopes_are_read_as_they_were_written():
    assert written_scopes([COUNTS, ARRIVALS]) == "counts arrivals"
    assert read_scopes("counts arrivals former") == {COUNTS, ARRIVALS}


def test_a_token_is_good_for_a_day_to_a_year_and_for_a_month_unless_something_else_is_chosen():
    assert {name: span.days for name, span in LIFETIMES.items()} == {
        **{"day": 1, "week": 7},
        **{"month": 31, "quarter": 92, "year": 366},
    }
    assert USUAL_LIFETIME in LIFETIMES
