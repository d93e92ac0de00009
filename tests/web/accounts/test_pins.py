"""The page of PINs: who may make them, shown once, valid at the gates."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Operator, Role, Scan
from checkin.services.accounts.operators import disable
from tests.support import factories
from tests.support.api_client import Api, a_scan
from tests.support.factories import NOW, write
from tests.web.browsing import an_operator

_PIN = re.compile(r"<code[^>]*>(\d{6})</code>")


@pytest.fixture
def supervisor(database) -> Operator:
    return an_operator(database, Role.SUPERVISOR)


@pytest.fixture
def override(app, database, event):
    """A function that overrides at a gate with a PIN and returns the status and who answered."""
    api = Api.enrolled(app, database, event, gate="Porte 1")
    full = factories.a_delegation(database, event, "Tiflet", quota=0)

    def work(pin):
        code = factories.a_badge(database, event, f"Driss {pin}", delegation=full)
        more = {"force": True, "force_reason": "comité", "supervisor_pin": pin}
        reply = api.ask("POST", "/scans", json=a_scan(code, **more))
        with database.read() as session:
            who = session.scalar(select(Scan.forced_by).order_by(Scan.id.desc()))
        return reply.status_code, who

    return work


def made(browsing, operator) -> str:
    response = browsing.send("/pins", f"/pins/{operator.id}")
    assert response.status_code == 201
    [pin] = _PIN.findall(response.text)
    return pin


def test_a_pin_made_on_the_page_answers_at_a_gate(organiser, supervisor, override):
    pin = made(organiser, supervisor)

    assert override(pin) == (200, supervisor.id)


def test_a_new_pin_ends_the_former_one(organiser, supervisor, override):
    former, newer = made(organiser, supervisor), made(organiser, supervisor)

    assert former != newer
    assert override(former)[0] == 403
    assert override(newer) == (200, supervisor.id)


def test_a_pin_is_shown_once_and_written_down_without_it(
    signed_in, organiser, supervisor, database
):
    before = organiser.read("/pins")
    pin = made(organiser, supervisor)
    after = organiser.read("/pins")

    with database.read() as session:
        noted = session.scalars(select(Activity).where(Activity.action == "operator.pin")).one()
        giver = session.scalar(select(Operator.id).where(Operator.role == Role.ORGANISER))
        kept = session.get_one(Operator, supervisor.id).pin_hash
    assert (
        "Personne n’a encore de code PIN" in before,
        "Personne n’a encore de code PIN" in after,
    ) == (
        True,
        False,
    )
    assert pin not in after + str(noted.details) + str(kept)
    assert (noted.operator_id, noted.details) == (giver, {"account": supervisor.id})
    assert "code PIN créé" in signed_in(Role.ADMINISTRATOR).read("/activity")


def test_an_organiser_makes_pins_of_supervisors_and_their_own_only(
    signed_in, organiser, supervisor, database
):
    administrator = an_operator(database, Role.ADMINISTRATOR)
    with database.read() as session:
        me = session.scalars(select(Operator).where(Operator.role == Role.ORGANISER)).one()

    page = organiser.read("/pins")
    refused = organiser.send("/pins", f"/pins/{administrator.id}")

    offered = set(map(int, re.findall(r'action="/pins/(\d+)"', page)))
    assert (offered, refused.status_code) == ({me.id, supervisor.id}, 403)
    assert made(organiser, me)


def test_an_administrator_makes_pins_for_everybody(signed_in, supervisor, database):
    other = an_operator(database, Role.ORGANISER)

    assert made(signed_in(Role.ADMINISTRATOR), other)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.VOLUNTEER])
def test_an_account_that_may_not_override_gets_no_pin(signed_in, database, role):
    chief, other = signed_in(Role.ADMINISTRATOR), an_operator(database, role)

    assert chief.send("/pins", f"/pins/{other.id}").status_code == 400


def test_a_disabled_account_is_not_listed_and_gets_none(organiser, supervisor, database):
    write(database, lambda s: disable(s, s.get_one(Operator, supervisor.id), now=NOW, by=None))

    assert "Poste supervisor" not in organiser.read("/pins")
    assert organiser.send("/pins", f"/pins/{supervisor.id}").status_code == 404


def test_an_account_says_whether_it_has_a_pin(signed_in, supervisor, database):
    chief, viewer = signed_in(Role.ADMINISTRATOR), an_operator(database, Role.VIEWER)

    before = chief.read(f"/operators/{supervisor.id}")
    made(chief, supervisor)
    after = chief.read(f"/operators/{supervisor.id}")

    assert ["en a un" in page for page in (before, after)] == [False, True]
    assert "Code PIN des dérogations" not in chief.read(f"/operators/{viewer.id}")
