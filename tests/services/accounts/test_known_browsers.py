"""A browser is known to whoever signed in with it, until password or sessions change."""

from __future__ import annotations

import pytest

from checkin.db.models import Operator, Role
from checkin.services.accounts.known_browsers import MOST_ACCOUNTS, browser_known, make_known
from checkin.services.accounts.operators import set_password
from checkin.services.accounts.sessions import end_sessions
from checkin.services.common.keys import Keys
from tests.support.factories import KEYS, NOW, write
from tests.web.browsing import an_operator


@pytest.fixture
def organiser(database) -> Operator:
    return an_operator(database, Role.ORGANISER)


@pytest.fixture
def viewer(database) -> Operator:
    return an_operator(database, Role.VIEWER)


def as_it_is_now(database, operator) -> Operator:
    with database.read() as session:
        return session.get_one(Operator, operator.id)


def test_a_browser_is_known_for_one_operator_only(organiser, viewer):
    kept = make_known(KEYS, organiser, "")
    again = make_known(KEYS, organiser, kept)

    number = browser_known(KEYS, organiser, kept)
    assert number is not None
    assert browser_known(KEYS, organiser, again) == number
    assert browser_known(KEYS, viewer, kept) is None
    assert browser_known(KEYS, organiser, make_known(KEYS, organiser, "")) != number


def test_a_shared_browser_keeps_the_most_recently_used_accounts(database):
    people = [an_operator(database, role) for role in Role if role != Role.COORDINATOR]
    people.append(Operator(id=99, password_hash="x", browsers_issue=0))
    kept = ""
    for one in people:
        kept = make_known(KEYS, one, kept)

    known = [browser_known(KEYS, one, kept) is not None for one in people]
    assert known == [False] * (len(people) - MOST_ACCOUNTS) + [True] * MOST_ACCOUNTS


def test_a_known_browser_cookie_cannot_be_forged_without_the_key(organiser, viewer):
    kept = make_known(KEYS, organiser, "")
    operator_id, number, proof = kept.split(".")
    forged = [
        make_known(Keys(b"\1" * 32), organiser, ""),
        f"{viewer.id}.{number}.{proof}",
        f"{operator_id}.{'A' * 16}.{proof}",
        f"{operator_id}.{number}.{'A' * 22}",
        f"{operator_id}.{number}",
        f"0{operator_id}.{number}.{proof}",
        f"{operator_id}.{number}.{proof}=",
        "~" * 900,
        "é\0",
        "",
    ]

    assert browser_known(KEYS, organiser, kept)
    for one in forged:
        assert browser_known(KEYS, organiser, one) is None
        assert browser_known(KEYS, viewer, one) is None


@pytest.mark.parametrize("how", ["password", "all sessions", "other sessions"])
def test_a_new_password_or_ended_sessions_make_a_browser_unknown(database, organiser, how):
    kept = make_known(KEYS, organiser, "")

    def work(session):
        me = session.get_one(Operator, organiser.id)
        if how == "password":
            set_password(session, me, "une autre phrase", now=NOW)
        else:
            end_sessions(session, me.id, but=None if how == "all sessions" else 1)

    write(database, work)

    assert browser_known(KEYS, as_it_is_now(database, organiser), kept) is None


def test_another_accounts_ended_sessions_change_nothing(database, organiser, viewer):
    kept = make_known(KEYS, organiser, "")

    write(database, lambda s: end_sessions(s, viewer.id))

    assert browser_known(KEYS, as_it_is_now(database, organiser), kept)
