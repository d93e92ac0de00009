"""Operators of every role, and browsers in which they are signed in."""

from __future__ import annotations

import pytest

from checkin.db.models import Role
from tests.support import factories
from tests.support.quick_passwords import hash_quickly
from tests.web.browsing import PASSWORD, Browsing, an_operator


@pytest.fixture
def databases(sqlite_databases):
    """Pages read through services, which are tested on both databases: SQLite is enough here."""
    return sqlite_databases


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch):
    hash_quickly(monkeypatch)


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
