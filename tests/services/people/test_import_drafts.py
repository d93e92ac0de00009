"""Unfinished imports can be read by one browser only, for a limited time."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkin.db.models import ImportDraft, Role
from checkin.domain.common.problems import Problem
from checkin.domain.people.importing import Row
from checkin.errors import NotFound
from checkin.services.people.import_drafts import (
    LIFETIME,
    draft_of,
    forget_draft,
    keep_draft,
    rewrite_draft,
)
from checkin.services.spreadsheets.reading import Table
from tests.support import factories
from tests.support.factories import NOW, write
from tests.web.browsing import an_operator

TABLE = Table(
    ("Nom", "Bureau"),
    [
        Row(2, {"name": "Amina Alaoui", "name_ar": "أمينة"}),
        Row(3, {"name": "Bahia"}, (Problem("row", "extra_cells", "x", ("y",)),)),
    ],
    ("Bureau",),
    "utf-8",
    ";",
)


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event)


@pytest.fixture
def clerk(database, delegation):
    return an_operator(database, Role.COORDINATOR, delegation_id=delegation.id).id


@pytest.fixture
def secret(database, delegation, clerk):
    return write(database, lambda s: keep_draft(s, delegation, clerk, TABLE, NOW))


def kept(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(ImportDraft))


def test_a_stored_import_draft_is_read_back_unchanged(database, delegation, clerk, secret):
    with database.read() as session:
        assert draft_of(session, secret, delegation, clerk, NOW) == TABLE


def test_the_database_has_neither_the_names_of_an_import_draft_nor_its_secret(database, secret):
    with database.read() as session:
        [draft] = session.scalars(select(ImportDraft)).all()

    assert b"Amina" not in draft.sealed
    assert secret.encode() not in draft.sealed + draft.id


def test_an_import_draft_cannot_be_opened_with_another_secret_account_or_delegation(
    database, event, delegation, clerk, secret
):
    other = factories.a_delegation(database, event, "Salé")
    wrong = [("x" * 43, delegation, clerk), (secret, other, clerk), (secret, delegation, clerk + 1)]

    with database.read() as session:
        for attempt in wrong:
            with pytest.raises(NotFound):
                draft_of(session, *attempt, NOW)


def test_corrected_rows_replace_those_of_the_import_draft(database, delegation, clerk, secret):
    rows = [Row(2, {"name": "Amina El Alaoui"})]

    write(database, lambda s: rewrite_draft(s, secret, rows, delegation, clerk, NOW))

    with database.read() as session:
        assert draft_of(session, secret, delegation, clerk, NOW).rows == rows


def test_an_expired_import_draft_cannot_be_opened_and_is_deleted_by_the_next_upload(
    database, delegation, clerk, secret
):
    late = NOW + LIFETIME + factories.minutes(1)

    with database.read() as session, pytest.raises(NotFound):
        draft_of(session, secret, delegation, clerk, late)
    write(database, lambda s: keep_draft(s, delegation, clerk, TABLE, late))

    assert kept(database) == 1


def test_a_deleted_import_draft_leaves_no_row(database, secret):
    write(database, lambda s: forget_draft(s, secret))

    assert kept(database) == 0
