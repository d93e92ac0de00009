"""The sessions of operators, and how they end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checkin.db.models import Operator, OperatorSession, Role
from checkin.services.accounts.operators import add_operator, disable, set_password
from checkin.services.accounts.sessions import (
    SEEN_EVERY,
    Lifetimes,
    end_session,
    end_sessions,
    open_session,
    sessions_of,
    signed_in_with,
)
from tests.support.factories import NOW, minutes, write

KEPT = Lifetimes(idle=timedelta(hours=4), whole=timedelta(hours=16))


def add(database, name, role=Role.ORGANISER):
    email = f"{name}@example.org"
    return write(
        database, lambda s: add_operator(s, email=email, name=name, role=role, now=NOW).operator
    )


@pytest.fixture
def operator(database) -> Operator:
    return add(database, "samira")


def sign_in(database, operator, now=NOW) -> str:
    return write(
        database,
        lambda s: open_session(
            s, operator.id, device="Firefox · Linux", network="", now=now, lifetimes=KEPT
        ),
    )


def is_in(database, token, now=NOW) -> bool:
    return signed_in_with(database, token, now=now, lifetimes=KEPT) is not None


def test_an_unused_session_expires(database, operator):
    token = sign_in(database, operator)

    assert not is_in(database, token, NOW + KEPT.idle)
    assert is_in(database, token, NOW + KEPT.idle - timedelta(seconds=1))


def test_a_used_session_is_prolonged_up_to_its_longest_lifetime(database, operator):
    token = sign_in(database, operator)

    hours = [is_in(database, token, NOW + timedelta(hours=hour)) for hour in range(0, 18, 3)]

    assert hours == [True] * 6  # until 15 h
    assert not is_in(database, token, NOW + KEPT.whole)


def test_using_a_session_writes_to_the_database_only_occasionally(database, operator):
    token = sign_in(database, operator)

    def seen_at():
        with database.read() as session:
            return session.query(OperatorSession).one().seen_at

    is_in(database, token, NOW + SEEN_EVERY)
    assert seen_at() == NOW
    is_in(database, token, NOW + SEEN_EVERY + timedelta(seconds=1))
    assert seen_at() == NOW + SEEN_EVERY + timedelta(seconds=1)


def test_the_secret_of_a_session_is_not_in_the_database(database, operator):
    token = sign_in(database, operator)

    with database.read() as session:
        assert token.encode() not in session.query(OperatorSession).one().token_hash
    assert not is_in(database, token[:-1])


def test_one_session_ends_and_the_others_stay(database, operator):
    first, second = sign_in(database, operator), sign_in(database, operator, NOW + minutes(1))
    with database.read() as session:
        latest, earlier = sessions_of(session, operator.id, now=NOW, lifetimes=KEPT)

    write(database, lambda s: end_session(s, operator.id, earlier.id))
    assert (is_in(database, first), is_in(database, second)) == (False, True)
    write(database, lambda s: end_sessions(s, operator.id, but=latest.id))
    assert is_in(database, second)
    write(database, lambda s: end_sessions(s, operator.id))
    assert not is_in(database, second)


def test_nobody_ends_a_session_of_somebody_else(database, operator):
    token = sign_in(database, operator)
    with database.read() as session:
        [kept] = sessions_of(session, operator.id, now=NOW, lifetimes=KEPT)

    write(database, lambda s: end_session(s, add_id(s), kept.id))

    assert is_in(database, token)


def add_id(session) -> int:
    return add_operator(
        session, email="other@example.org", name="O", role=Role.VIEWER, now=NOW
    ).operator.id


def test_a_disabled_account_has_no_session_left_that_enabling_would_bring_back(database, operator):
    add(database, "chief", Role.ADMINISTRATOR)
    token = sign_in(database, operator)

    write(database, lambda s: disable(s, s.get_one(Operator, operator.id), now=NOW, by=None))

    with database.read() as session:
        assert session.query(OperatorSession).count() == 0
    assert not is_in(database, token)


def test_a_new_password_ends_every_session(database, operator):
    token = sign_in(database, operator)

    write(
        database,
        lambda s: set_password(s, s.get_one(Operator, operator.id), "trois ânes gris", now=NOW),
    )

    assert not is_in(database, token)


def test_expired_sessions_are_deleted_at_the_next_sign_in(database, operator):
    sign_in(database, operator)
    sign_in(database, operator, NOW + KEPT.whole)

    with database.read() as session:
        assert session.query(OperatorSession).count() == 1
