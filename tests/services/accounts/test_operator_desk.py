"""Changes of accounts by an administrator, of whom one always remains."""

from __future__ import annotations

from threading import Barrier

import pytest
from sqlalchemy import func, select

from checkin.db.models import Activity, Operator, Role
from checkin.errors import InvalidRequest, LastAdministrator
from checkin.services.accounts import operators
from checkin.services.accounts.operators import add_operator, change_account, disable, enable
from checkin.services.accounts.pins import set_pin
from tests.support import factories
from tests.support.factories import NOW, write
from tests.support.racing import race_outcomes


def add(database, name, role):
    email = f"{name}@example.org"
    return write(
        database, lambda s: add_operator(s, email=email, name=name, role=role, now=NOW).operator
    )


def change(database, operator, by=None, **wanted):
    fields = {"name": "Samira", "role": Role.ORGANISER, "delegation_id": None, "language": "ar"}
    return write(
        database,
        lambda s: change_account(
            s, s.get_one(Operator, operator.id), now=NOW, by=by, **{**fields, **wanted}
        ),
    )


def end(database, operator, by=None):
    write(database, lambda s: disable(s, s.get_one(Operator, operator.id), now=NOW, by=by))


def administrators(database) -> int:
    with database.read() as session:
        return session.scalar(
            select(func.count())
            .select_from(Operator)
            .where(Operator.role == Role.ADMINISTRATOR, Operator.disabled_at.is_(None))
        )


def test_the_last_administrator_is_neither_disabled_nor_demoted(database):
    only = add(database, "only", Role.ADMINISTRATOR)
    end(database, add(database, "former", Role.ADMINISTRATOR))

    with pytest.raises(LastAdministrator):
        end(database, only)
    with pytest.raises(LastAdministrator):
        change(database, only)
    assert administrators(database) == 1


def test_of_two_administrators_who_disable_each_other_one_remains(database):
    both = [add(database, name, Role.ADMINISTRATOR) for name in ("one", "two")]

    outcomes = race_outcomes(2, lambda at: end(database, both[at]))

    assert administrators(database) == 1
    assert sorted(type(one).__name__ for one in outcomes) == ["LastAdministrator", "NoneType"]


def test_control_without_the_lock_two_administrators_disable_each_other(
    postgres_database, monkeypatch
):
    """The control: both look before either has written."""
    both = [add(postgres_database, name, Role.ADMINISTRATOR) for name in ("one", "two")]
    have_looked = Barrier(2, timeout=30)

    def unlocked(session, operator):
        others = select(Operator.id).where(Operator.disabled_at.is_(None))
        alone = list(session.scalars(others)) == [operator.id]
        have_looked.wait()
        if alone:
            raise LastAdministrator("alone")

    monkeypatch.setattr(operators, "_keep_one_administrator", unlocked)
    race_outcomes(2, lambda at: end(postgres_database, both[at]))

    assert administrators(postgres_database) == 0


def test_a_change_of_an_account_is_logged_with_both_operators(database, event):
    chief = add(database, "chief", Role.ADMINISTRATOR)
    samira = add(database, "samira", Role.VIEWER)
    delegation = factories.a_delegation(database, event)

    rights = change(database, samira, chief.id, role=Role.COORDINATOR, delegation_id=delegation.id)

    with database.read() as session:
        noted = session.scalars(select(Activity).where(Activity.action == "operator.change")).one()
        changed = session.get(Operator, samira.id)
    assert rights is True
    assert (changed.role, changed.delegation_id, changed.language) == (
        "coordinator",
        delegation.id,
        "ar",
    )
    assert (noted.operator_id, noted.details) == (
        chief.id,
        {"account": samira.id, "role": "coordinator"},
    )


def test_a_new_name_alone_changes_no_rights(database):
    samira = add(database, "samira", Role.ORGANISER)

    assert change(database, samira, name="Samira El Fassi") is False


def test_an_operator_who_is_no_longer_supervisor_loses_the_pin(database):
    samira = add(database, "samira", Role.SUPERVISOR)
    write(database, lambda s: set_pin(s, s.get_one(Operator, samira.id), "4821", now=NOW))

    change(database, samira, role=Role.VIEWER)

    with database.read() as session:
        assert session.get(Operator, samira.id).pin_hash is None


def test_a_coordinator_needs_a_delegation(database):
    samira = add(database, "samira", Role.VIEWER)

    with pytest.raises(InvalidRequest, match="belongs to one delegation"):
        change(database, samira, role=Role.COORDINATOR)


def test_a_disabled_account_can_be_enabled_again(database):
    samira = add(database, "samira", Role.VIEWER)
    end(database, samira)

    write(database, lambda s: enable(s, s.get_one(Operator, samira.id), now=NOW, by=None))

    with database.read() as session:
        assert session.get(Operator, samira.id).disabled_at is None
