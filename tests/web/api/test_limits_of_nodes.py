"""Several nodes share their limits: in PostgreSQL, or in Redis whatever the database."""

from __future__ import annotations

from collections import Counter

import pytest

from checkin.app import create_app
from checkin.db.models import Role
from checkin.services.limits.rules import PASSWORDS_ACCOUNT
from checkin.settings import Settings
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.api_client import Api
from tests.support.others.redis_server import redis_server
from tests.support.quick_passwords import hash_quickly
from tests.support.racing import race
from tests.web.browsing import PASSWORD, Browsing, an_operator

EMAIL = "organiser@example.org"
HOME, ATTACKER = "203.0.113.1", "198.51.100.1"


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch):
    hash_quickly(monkeypatch)


def close(app) -> None:
    state = app.extensions[EXTENSION]
    state.background_tasks.wait()
    state.live.close()
    state.database.dispose()


@pytest.fixture
def start(tmp_path):
    """A function that starts nodes of one installation."""
    started = []

    def node(database_url, **more):
        key = factories.MASTER_KEY.hex()
        base = factories.BASE_URL
        settings = Settings(
            home=tmp_path, database_url=database_url, master_key=key, base_url=base, **more
        )
        started.append(create_app(settings))
        return started[-1]

    yield node
    for app in started:
        close(app)


@pytest.fixture(params=[pytest.param("postgres", marks=pytest.mark.postgres), "redis"])
def nodes(request, start, tmp_path):
    """Two nodes, and the database that they share."""
    more = {"limits_url": request.getfixturevalue("redis").url} if request.param == "redis" else {}
    kind = "sqlite" if more else "postgres"
    database = request.getfixturevalue(f"{kind}_database")
    an_operator(database, Role.ORGANISER)
    return [start(database.url, **more) for _ in range(2)], database


def test_wrong_passwords_are_counted_over_all_nodes_and_slow_nobody_else_down(nodes):
    apps, _database = nodes
    told = [
        Browsing(apps[at % 2], ATTACKER).sign_in(EMAIL, f"guess {at}").status_code
        for at in range(12)
    ]

    assert told == [401] * 10 + [429] * 2
    assert {Browsing(app, HOME).sign_in(EMAIL, PASSWORD).status_code for app in apps} == {302}


def test_of_sixty_at_once_at_two_nodes_ten_are_evaluated(nodes):
    apps, _database = nodes
    browsers = [Browsing(apps[at % 2], ATTACKER) for at in range(60)]

    answers = race(60, lambda at: browsers[at].sign_in(EMAIL, f"guess {at}").status_code)

    assert Counter(answers) == {401: 10, 429: 50}


def test_a_browser_known_at_one_node_is_known_at_the_other(nodes):
    (first, second), _database = nodes
    owner = Browsing(first, HOME)
    owner.sign_in(EMAIL, PASSWORD)
    stranger = Browsing(second, HOME)
    for at in range(10):
        stranger.sign_in(EMAIL, f"guess {at}")
    moved = Browsing(second, HOME)
    moved.take_cookie("known_browser", owner.cookie("known_browser").value)

    assert stranger.sign_in(EMAIL, PASSWORD).status_code == 429
    assert moved.sign_in(EMAIL, PASSWORD).status_code == 302


def test_a_used_up_daily_limit_survives_a_restart(start, database):
    an_operator(database, Role.ORGANISER)
    app = start(database.url)
    for _ in range(999):
        app.extensions[EXTENSION].limits.reserve((PASSWORDS_ACCOUNT, EMAIL))
    assert Browsing(app, ATTACKER).sign_in(EMAIL, "wrong").status_code == 401

    again = start(database.url)

    assert Browsing(again, HOME).sign_in(EMAIL, PASSWORD).status_code == 429


def test_while_redis_is_away_people_sign_in_register_and_scan(start, sqlite_database, caplog):
    an_operator(sqlite_database, Role.ORGANISER)
    event = factories.an_event(sqlite_database)
    with redis_server() as server:
        app = start(sqlite_database.url, limits_url=server.url)
        server.freeze()
        frozen = Browsing(app, HOME).sign_in(EMAIL, PASSWORD).status_code
        server.stop()

        told = [Browsing(app, ATTACKER).sign_in(EMAIL, "wrong").status_code for _ in range(11)]
        asked = Browsing(app, HOME).send("/forgotten-password", email="nobody@example.org")
        api = Api.enrolled(app, sqlite_database, event, gate="Porte 1")
        verdict = api.verdict(factories.a_badge(sqlite_database, event))
        found = api.ask("GET", "/participants?q=abc").status_code

    assert (frozen, told) == (302, [401] * 10 + [429])
    assert (asked.status_code, verdict, found) == (303, ("ok", None), 200)
    assert sum("each node alone" in record.message for record in caplog.records) == 1
