"""The choice of a message's recipients: from a form, and kept as JSON."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.messages.audience import Audience, audience_from_form
from checkin.domain.scanning.facts import RegistrationStatus

NUMBERS = st.lists(st.integers(1, 10**6)).map(tuple)
ANSWERS = st.none() | st.booleans()


def test_a_form_without_any_choice_means_everybody_who_is_not_canceled():
    assert audience_from_form({}) == Audience()
    assert Audience().standings == (RegistrationStatus.CONFIRMED, RegistrationStatus.RESERVE)


def test_a_form_chooses_each_part():
    sent = {
        "delegation": ["3", "1", "3"],
        "category": ["2"],
        "bus": ["7"],
        "standing": ["reserve"],
        "has_badge": ["no"],
        "has_arrived": ["yes"],
    }

    assert audience_from_form(sent) == Audience(
        delegations=(1, 3),
        categories=(2,),
        buses=(7,),
        standing=RegistrationStatus.RESERVE,
        has_badge=False,
        has_arrived=True,
    )


def test_what_is_no_choice_limits_nothing():
    sent = {"delegation": ["x", "١", "-1", ""], "standing": ["canceled"], "has_badge": ["perhaps"]}

    assert audience_from_form(sent) == Audience()


@given(
    st.builds(
        Audience,
        delegations=NUMBERS,
        categories=NUMBERS,
        buses=NUMBERS,
        standing=st.sampled_from([None, "confirmed", "reserve"]).map(
            lambda one: RegistrationStatus(one) if one else None
        ),
        has_badge=ANSWERS,
        has_arrived=ANSWERS,
    )
)
def test_a_kept_audience_is_the_same_again(audience):
    assert Audience.of(json.loads(json.dumps(audience.as_json()))) == audience
