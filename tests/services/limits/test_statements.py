"""The number of SQL statements for limits: a few for a sign-in, none for a scan."""

from __future__ import annotations

import pytest
from sqlalchemy import event as sql_event

from checkin.db.models import Role
from checkin.services.accounts.known_browsers import make_known
from checkin.services.accounts.sign_in import Attempt, sign_in
from checkin.services.limits.limits import Limits
from checkin.services.limits.opening import open_counters
from tests.support import factories
from tests.support.factories import KEYS
from tests.support.racing import race_outcomes
from tests.web.browsing import PASSWORD, an_operator

EMAIL, HOME = "organiser@example.org", "203.0.113.1"


@pytest.fixture
def limits(database) -> Limits:
    return Limits(open_counters(database, "", lambda _tidying: None), KEYS.limits)


@pytest.fixture
def about_limits(database):
    """A function that says how many statements about limits some work takes."""
    said: list[str] = []
    for engine in (database._reader, database._writer):
        sql_event.listen(
            engine, "before_cursor_execute", lambda _c, _u, statement, *_: said.append(statement)
        )

    def count(work) -> int:
        said.clear()
        race_outcomes(1, lambda _at: work())
        return sum("limit_counter" in statement for statement in said)

    return count


def test_a_sign_in_counts_in_three_statements_and_on_sqlite_in_two(database, limits, about_limits):
    organiser = an_operator(database, Role.ORGANISER)
    known = make_known(KEYS, organiser, "")

    def cost(password, browser=""):
        attempt = Attempt(EMAIL, password, HOME, browser)
        return about_limits(lambda: sign_in(database, KEYS, limits, attempt))

    costs = (cost(PASSWORD), cost("wrong"), cost(PASSWORD, known), cost("wrong", known))

    on_sqlite, on_postgresql = (2, 1, 0, 0), (3, 2, 2, 1)
    assert costs == (on_sqlite if database.dialect == "sqlite" else on_postgresql)


def test_a_scan_sends_no_counter_statement(database, event, device, about_limits):
    code = factories.a_badge(database, event)

    assert about_limits(lambda: factories.scan(database, device, code)) == 0
