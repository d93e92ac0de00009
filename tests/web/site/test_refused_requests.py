"""Refused requests leave a line in the security log, which names nobody and quotes nothing."""

from __future__ import annotations

import pytest

from checkin.db.models import Role
from tests.web.browsing import Browsing, an_operator


@pytest.fixture
def told(app, caplog):
    """A function that returns the lines since it was last called."""

    def lines() -> list[str]:
        found = [one.getMessage() for one in caplog.records if one.name == "marhaba.security"]
        caplog.clear()
        return found

    return lines


def test_a_device_that_is_refused_is_told_by_its_route_and_network(app, told):
    client = app.test_client()
    client.get("/api/v1/participants?q=Amina", headers={"Authorization": "Bearer stolen"})
    client.get("/api/v1/Amina")

    place = "network=127.0.0.0/24"
    assert told() == [
        f"event=request.refused {place} status=401 method=GET endpoint=api.people.search",
        f"event=request.refused {place} status=404 method=GET endpoint=none",
    ]


def test_what_is_answered_leaves_no_line(api, told):
    told()
    api.ask("GET", "/status")

    assert told() == []


def test_a_form_without_its_token_is_told_with_the_cause(app, told):
    Browsing(app).send_without_token("/login", email="amina@example.org", password="secret")

    asked = "network=127.0.0.0/24 method=POST endpoint=sign_in.check"
    assert told() == [f"event=form.refused {asked} cause=incomplete"]


def test_a_page_that_a_role_may_not_open_is_told(organiser, told):
    told()
    organiser.open("/operators")

    assert told() == [
        "event=request.refused network=127.0.0.0/24 status=403 method=GET endpoint=operators.index"
    ]


def test_a_sign_in_and_a_failed_one_are_told(app, database, event, told):
    an_operator(database, Role.VIEWER)
    told()
    browsing = Browsing(app)
    browsing.sign_in("viewer@example.org", "wrong")
    app.extensions["marhaba"].background_tasks.wait()
    browsing.sign_in("viewer@example.org", "une phrase facile")

    assert told() == [
        "event=operator.sign_in_failed account=1 network=127.0.0.0/24",
        "event=operator.sign_in operator=1",
    ]
