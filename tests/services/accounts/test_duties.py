"""First passwords, what comes first, and the accounts of the demo."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checkin.db.models import Operator, Role
from checkin.domain.accounts.passwords import Weakness
from checkin.domain.events.details import DEMO_SLUG
from checkin.errors import FirstPasswordExpired, WeakPassword
from checkin.services.accounts.duties import Duty, duty_of, make_demo_account, refuse_expired
from checkin.services.accounts.operators import (
    FIRST_PASSWORD_LIFETIME,
    add_operator,
    give_first_password,
    replace_first_password,
    set_password,
)
from checkin.services.accounts.sign_in import Attempt, sign_in
from tests.support.factories import KEYS, NOW, an_event, limits, write

OWN = "trois ânes sous la pluie"
RULE = "administrators"


@pytest.fixture
def new(database):
    """An administrator with a first password."""
    account = {"email": "samira@example.org", "name": "Samira", "role": Role.ADMINISTRATOR}
    return write(database, lambda s: add_operator(s, **account, now=NOW))


def on_account(database, new, work):
    return write(database, lambda s: work(s, s.get_one(Operator, new.operator.id)))


def duty(database, new, rule=RULE):
    return on_account(database, new, lambda s, o: duty_of(s, o, rule))


def signs_in(database, password, at) -> str:
    """Say how a sign-in ends."""
    counted = limits()
    counted.clock = lambda: at
    try:
        sign_in(database, KEYS, counted, Attempt("samira@example.org", password, "192.0.2.1"))
    except FirstPasswordExpired:
        return "expired"
    return "signed in"


@pytest.mark.parametrize(
    ("rule", "roles"),
    [
        ("optional", set()),
        ("administrators", {Role.ADMINISTRATOR}),
        ("organisers", {Role.ADMINISTRATOR, Role.ORGANISER}),
    ],
)
def test_a_setting_names_the_roles_that_need_a_second_factor(database, rule, roles):
    with database.read() as session:
        asked = {role: duty_of(session, Operator(role=role), rule) for role in Role}
        with_app = [Operator(role=role, totp_sealed=b"app") for role in Role]
        done = [duty_of(session, operator, rule) for operator in with_app]

    assert {role for role, duty in asked.items() if duty == Duty.SECOND_FACTOR} == roles
    assert set(done) == {None}


def test_the_first_password_is_replaced_before_anything_else_and_then_a_factor_set_up(
    database, new
):
    assert duty(database, new, "optional") == Duty.OWN_PASSWORD
    assert duty(database, new) == Duty.OWN_PASSWORD

    on_account(database, new, lambda s, o: replace_first_password(s, o, OWN, now=NOW))

    assert duty(database, new, "optional") is None
    assert duty(database, new) == Duty.SECOND_FACTOR


def test_the_first_password_cannot_stay(database, new):
    with pytest.raises(WeakPassword) as refused:
        on_account(database, new, lambda s, o: replace_first_password(s, o, new.password, now=NOW))

    assert refused.value.weakness == Weakness.GIVEN
    assert duty(database, new) == Duty.OWN_PASSWORD


def test_a_first_password_works_for_a_week_and_an_own_one_for_ever(database, new):
    end = NOW + FIRST_PASSWORD_LIFETIME
    moments = (end - timedelta(seconds=1), end)

    assert [signs_in(database, new.password, at) for at in moments] == ["signed in", "expired"]

    on_account(database, new, lambda s, o: set_password(s, o, OWN, now=NOW))
    assert signs_in(database, OWN, end + timedelta(days=900)) == "signed in"


def test_a_password_from_the_command_line_is_a_first_one_again(database, new):
    on_account(database, new, lambda s, o: set_password(s, o, OWN, now=NOW))

    given = on_account(database, new, lambda s, o: give_first_password(s, o, now=NOW))

    assert duty(database, new) == Duty.OWN_PASSWORD
    assert signs_in(database, given, NOW + FIRST_PASSWORD_LIFETIME) == "expired"


def test_the_demo_opens_with_what_was_printed_until_there_is_an_event_of_ones_own(database, new):
    long_after = NOW + timedelta(days=100)
    an_event(database, DEMO_SLUG)
    write(database, make_demo_account)
    assert duty(database, new) is None
    assert signs_in(database, new.password, long_after) == "signed in"

    an_event(database, "khemisset-2026")

    assert duty(database, new) == Duty.OWN_PASSWORD
    assert signs_in(database, new.password, long_after) == "expired"


def test_where_somebody_has_signed_in_the_demo_exempts_nobody(database, new):
    def sign_in_once(session, operator):
        operator.last_login_at = NOW

    on_account(database, new, sign_in_once)
    write(database, make_demo_account)

    assert duty(database, new) == Duty.OWN_PASSWORD
    on_account(database, new, lambda s, o: refuse_expired(s, o, NOW))
