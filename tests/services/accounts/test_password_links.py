"""Links by which operators choose a password, and which passwords are refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checkin.db.models import LinkPurpose, Operator, PasswordLink, Role
from checkin.domain.accounts.passwords import Weakness, weakness_of
from checkin.errors import NotFound, Unauthenticated, WeakPassword
from checkin.services.accounts import operators
from checkin.services.accounts.operators import (
    add_operator,
    authenticate,
    enable,
    give_first_password,
    set_password,
)
from checkin.services.accounts.password_links import (
    LIFETIMES,
    choose_password,
    issue_link,
    link_for_forgotten,
    operator_behind,
    take_password_away,
)
from tests.support.factories import NOW, minutes, write
from tests.support.racing import race_outcomes

EMAIL = "samira@example.org"
FRESH = "trois ânes sous la pluie"


@pytest.fixture
def operator(database) -> Operator:
    return write(
        database,
        lambda s: (
            add_operator(
                s, email=EMAIL, name="Samira Alaoui", role=Role.ORGANISER, now=NOW
            ).operator
        ),
    )


def set_own_password(session, operator, *, now) -> None:
    set_password(session, operator, "une autre phrase encore", now=now)


def disable(session, operator, *, now) -> None:
    operators.disable(session, operator, now=now, by=None)


def a_link(database, operator, purpose=LinkPurpose.INVITATION, now=NOW):
    return write(
        database, lambda s: issue_link(s, s.get_one(Operator, operator.id), purpose, now=now)
    )


def choose(database, link, password=FRESH, now=NOW):
    return write(database, lambda s: choose_password(s, link.secret, password, now=now))


def test_a_link_sets_a_password_once(database, operator):
    link = a_link(database, operator)

    choose(database, link)

    assert authenticate(database, EMAIL, FRESH).id == operator.id
    with pytest.raises(NotFound):
        choose(database, link, "une autre phrase encore")


def test_of_two_who_use_one_link_at_once_one_succeeds(database, operator):
    link = a_link(database, operator)

    outcomes = race_outcomes(4, lambda at: choose(database, link, f"phrase numéro {at} du soir"))

    assert sorted(type(one).__name__ for one in outcomes) == ["NotFound"] * 3 + ["Operator"]


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_ends_when_its_time_is_over(database, operator, purpose):
    link = a_link(database, operator, purpose)
    last = NOW + LIFETIMES[purpose]

    with database.read() as session:
        assert operator_behind(session, link.secret, last - timedelta(seconds=1)).id == operator.id
    with pytest.raises(NotFound):
        choose(database, link, now=last)


def test_a_newer_link_takes_the_place_of_the_older(database, operator):
    old, new = a_link(database, operator), a_link(database, operator)

    with pytest.raises(NotFound):
        choose(database, old)
    assert choose(database, new).id == operator.id


def test_choosing_a_password_invalidates_the_other_links(database, operator):
    invitation = a_link(database, operator)
    choose(database, a_link(database, operator, LinkPurpose.FORGOTTEN))

    with pytest.raises(NotFound):
        choose(database, invitation)


def test_a_weak_password_leaves_the_link_as_it_was(database, operator):
    link = a_link(database, operator)
    with pytest.raises(WeakPassword):
        choose(database, link, "passwordpassword")

    assert choose(database, link).id == operator.id


def test_the_secret_of_a_link_is_not_in_the_database(database, operator):
    link = a_link(database, operator)

    with database.read() as session:
        row = session.query(PasswordLink).one()
    assert link.secret.encode() not in row.secret_hash
    assert len(row.secret_hash) == 32


def test_a_password_link_does_not_reopen_a_disabled_account(database, operator):
    link = a_link(database, operator)

    def disable(session):
        session.get_one(Operator, operator.id).disabled_at = NOW

    write(database, disable)

    with pytest.raises(NotFound):
        choose(database, link)
    assert write(database, lambda s: link_for_forgotten(s, EMAIL, now=NOW)) is None


def test_a_reset_password_no_longer_signs_in(database, operator):
    choose(database, a_link(database, operator))
    write(database, lambda s: take_password_away(s, s.get_one(Operator, operator.id), now=NOW))

    with pytest.raises(Unauthenticated):
        authenticate(database, EMAIL, FRESH)


@pytest.mark.parametrize(
    "end", [set_own_password, give_first_password, take_password_away, disable]
)
def test_links_of_before_set_no_password_once_the_account_has_changed(database, operator, end):
    links = [a_link(database, operator, purpose) for purpose in LinkPurpose]

    write(database, lambda s: end(s, s.get_one(Operator, operator.id), now=NOW))
    write(database, lambda s: enable(s, s.get_one(Operator, operator.id), now=NOW, by=None))

    for link in links:
        with pytest.raises(NotFound):
            choose(database, link)


def test_repeated_requests_within_five_minutes_give_one_password_link(database, operator):
    asked = [
        write(database, lambda s, at=at: link_for_forgotten(s, f" {EMAIL.upper()}", now=NOW + at))
        for at in (minutes(0), minutes(4), minutes(6))
    ]

    assert [link is not None for link in asked] == [True, False, True]
    assert write(database, lambda s: link_for_forgotten(s, "no@example.org", now=NOW)) is None


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("onze lettre", Weakness.SHORT),
        ("a b" * 67, Weakness.LONG),
        ("passwordpassword", Weakness.COMMON),
        ("azertyuiop123", Weakness.COMMON),
        ("aaaaaaaaaaaaaaaa", Weakness.COMMON),
        ("samira@example.org", Weakness.PERSONAL),
        ("Samira Alaoui 2026", Weakness.PERSONAL),
        ("alaouisamira", Weakness.PERSONAL),
        ("أمينة العلوي 26", Weakness.PERSONAL),
        (FRESH, None),
        ("كلمة السر سهلة جداً", None),
        ("a b c d e f g", None),
        ("ryTuHUHu4aRUhu", Weakness.LEAKED),
    ],
)
def test_weak_passwords_are_refused(password, weakness):
    about = ("Samira Alaoui أمينة العلوي", EMAIL)

    assert weakness_of(password, about) == weakness


def test_differently_encoded_letters_are_the_same_password(database, operator):
    choose(database, a_link(database, operator), "l'\u00e9t\u00e9 \u00e0 Kh\u00e9misset")

    typed = "l'e\u0301te\u0301 a\u0300 Khe\u0301misset"
    assert authenticate(database, EMAIL, typed).id == operator.id
