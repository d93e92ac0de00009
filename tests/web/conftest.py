"""Operators of every role, and browsers in which they are signed in."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from checkin.db.models import Role
from checkin.services.accounts import hashing
from tests.support import factories
from tests.web.browsing import PASSWORD, Browsing, an_operator


@pytest.fixture
def databases(sqlite_databases):
    """Pages read through services, which are tested on both databases: SQLite is enough here."""
    return sqlite_databases


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch):
    """Hash with least work: tests/services/accounts/test_operators.py proves the real work."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(hashing, "_HASHER", quick)


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event, "Khémisset", quota=2)


@pytest.fixture
def signed_in(app, database, event, delegation):
    """A function that signs an operator of a role in; coordinators are Khémisset's."""

    def sign_in(role: Role) -> Browsing:
        own = delegation.id if role == Role.COORDINATOR else None
        an_operator(database, role, delegation_id=own)
        browsing = Browsing(app)
        assert browsing.sign_in(f"{role}@example.org", PASSWORD).status_code == 302
        return browsing

    return sign_in


@pytest.fixture
def organiser(signed_in) -> Browsing:
    return signed_in(Role.ORGANISER)


@pytest.fixture
def coordinator(signed_in) -> Browsing:
    return signed_in(Role.COORDINATOR)
