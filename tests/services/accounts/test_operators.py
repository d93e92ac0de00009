"""Accounts, passwords and PINs."""

from __future__ import annotations

import time

import pytest

from checkin.db.models import Activity, Operator, Role
from checkin.errors import InvalidRequest, Unauthenticated
from checkin.services.accounts.operators import add_operator, authenticate
from checkin.services.accounts.pins import set_pin
from checkin.services.scanning.overrides import supervisor_with_pin
from tests.support import factories
from tests.support.factories import NOW, write

PASSWORD = "une phrase facile"


def add(database, email="samira@example.org", role=Role.ORGANISER, **more):
    return write(
        database,
        lambda s: add_operator(s, email=email, name="Samira", role=role, now=NOW, **more),
    )


def test_a_generated_password_signs_in_and_is_stored_only_as_a_hash(database):
    new = add(database, " Samira@Example.org ")

    operator = authenticate(database, "samira@example.org", new.password)

    assert operator.email == "samira@example.org"
    assert operator.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    with database.read() as session:
        details = [str(activity.details) for activity in session.query(Activity)]
    assert new.password not in "".join(details)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": "samira"}, "name@domain.ma"),
        ({"password": "court"}, "12 to 200 characters"),
        ({"role": Role.COORDINATOR}, "belongs to one delegation"),
        ({"delegation_id": 1}, "belongs to one delegation"),
    ],
)
def test_an_invalid_account_is_refused_with_what_to_do(database, event, wrong, sentence):
    factories.a_delegation(database, event)

    with pytest.raises(InvalidRequest, match=sentence):
        add(database, **wrong)


def test_an_email_can_have_only_one_account(database):
    add(database)

    with pytest.raises(InvalidRequest, match="has an account already"):
        add(database, "SAMIRA@example.org")


def test_an_unknown_email_takes_as_long_as_a_wrong_password(database, monkeypatch):
    add(database, password=PASSWORD)

    def took(email):
        spent = []
        for _ in range(5):
            began = time.thread_time()
            with pytest.raises(Unauthenticated):
                authenticate(database, email, "une phrase fausse")
            spent.append(time.thread_time() - began)
        return min(spent)

    took("warm@example.org")
    known, unknown = took("samira@example.org"), took("nobody@example.org")
    # Without the hashing the unknown one would take a twentieth.
    assert 0.4 < unknown / known < 2.5


def test_a_pin_identifies_its_supervisor(database, device):
    supervisor = add(database, role=Role.SUPERVISOR).operator

    write(database, lambda s: set_pin(s, s.get_one(Operator, supervisor.id), "4821", now=NOW))

    assert supervisor_with_pin(database, factories.limits(), "4821", device, NOW) == supervisor.id


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "١٢٣٤"])
def test_a_pin_is_four_to_eight_digits(database, pin):
    supervisor = add(database, role=Role.SUPERVISOR).operator

    with pytest.raises(InvalidRequest, match="4 to 8 digits"):
        write(database, lambda s: set_pin(s, s.get_one(Operator, supervisor.id), pin, now=NOW))


def test_two_supervisors_never_share_a_pin(database):
    first, second = (
        add(database, f"{name}@example.org", Role.SUPERVISOR).operator for name in ("one", "two")
    )
    write(database, lambda s: set_pin(s, s.get_one(Operator, first.id), "4821", now=NOW))

    with pytest.raises(InvalidRequest, match="taken"):
        write(database, lambda s: set_pin(s, s.get_one(Operator, second.id), "4821", now=NOW))


def test_a_viewer_has_no_pin(database):
    viewer = add(database, role=Role.VIEWER).operator

    with pytest.raises(InvalidRequest, match="no supervisor"):
        write(database, lambda s: set_pin(s, s.get_one(Operator, viewer.id), "4821", now=NOW))
