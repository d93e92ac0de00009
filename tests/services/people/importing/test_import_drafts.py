"""Uploaded lists can be read by one browser only, for a limited time, page by page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from checkin.db.models import ImportDraft, ImportPage, Role
from checkin.domain.common.problems import Problem
from checkin.domain.people.importing.importing import Action, PlannedRow, Row
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.errors import NotFound
from checkin.services.people.importing.import_drafts import (
    LIFETIME,
    UploadedFile,
    Uploader,
    forget_draft,
    keep_upload,
    opened_draft,
)
from checkin.services.people.importing.import_plans import ImportPlan
from checkin.services.people.importing.import_reviews import (
    PAGE_SIZE,
    ReviewedRow,
    keep_review,
    keep_unreadable,
    page_of,
    sealed_review,
    summary_of,
)
from checkin.services.spreadsheets.reading import Table
from tests.support import factories
from tests.support.factories import NOW, write
from tests.web.browsing import an_operator

FILE = UploadedFile("élus.csv", b"Nom\0;Bureau\nAmina Alaoui;x\n")
AMINA = Row(2, {"name": "Amina Alaoui", "name_ar": "أمينة"})
BAHIA = Row(3, {"name": "Bahia"}, (Problem("row", "extra_cells", "x", ("y",)),))
TABLE = Table(("Nom", "Bureau"), [AMINA, BAHIA], ("Bureau",), "utf-8", ";")
TOO_LONG = Problem("name", "too_long", "Bahia", ("120",))
PLAN = ImportPlan(
    [
        PlannedRow(2, Action.CHANGE, (), 7, {"name_ar": "أمينة"}),
        PlannedRow(3, Action.REFUSE, (TOO_LONG,)),
    ]
)


@pytest.fixture
def uploader(database, event):
    delegation = factories.a_delegation(database, event)
    clerk = an_operator(database, Role.COORDINATOR, delegation_id=delegation.id)
    return Uploader(clerk.id, event.id, delegation.id)


@pytest.fixture
def secret(database, uploader):
    return write(database, lambda s: keep_upload(s, uploader, FILE, NOW))


def reviewed(database, secret, table=TABLE, plan=PLAN):
    sealed = sealed_review(secret, table, plan, 5, {})
    write(database, lambda s: keep_review(s, sealed, NOW))


def opened(database, secret, uploader, now=NOW):
    with database.read() as session:
        return opened_draft(session, secret, uploader, now)


def page(database, draft, action, number):
    with database.read() as session:
        return page_of(session, draft, action, number)


def kept(database, table=ImportDraft):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_an_uploaded_file_is_read_back_unchanged(database, uploader, secret):
    assert opened(database, secret, uploader).file() == FILE


def test_a_list_and_its_review_replace_the_file(database, uploader, secret):
    reviewed(database, secret)

    draft = opened(database, secret, uploader)
    summary = summary_of(draft)
    assert draft.table() == TABLE
    assert (summary.counts, summary.list_version) == (PLAN.counts, 5)
    assert (summary.columns, summary.unknown_columns) == (("name", "name_ar"), ("Bureau",))
    assert page(database, draft, Action.CHANGE, 1) == [
        ReviewedRow(AMINA, Action.CHANGE, (), ("name_ar",))
    ]
    assert page(database, draft, Action.REFUSE, 1) == [
        ReviewedRow(BAHIA, Action.REFUSE, (TOO_LONG,), ())
    ]


def test_a_review_is_cut_into_pages_and_a_new_one_leaves_none_of_the_old(
    database, uploader, secret
):
    rows = [Row(number, {"name": f"N{number}"}) for number in range(2 * PAGE_SIZE + 1)]
    plan = ImportPlan(
        [PlannedRow(row.number, Action.ADD, changes={"delegation_id": 1}) for row in rows]
    )
    reviewed(database, secret, replace(TABLE, rows=rows), plan)
    draft = opened(database, secret, uploader)

    pages = [page(database, draft, Action.ADD, number) for number in (1, 2, 3, 4)]

    assert summary_of(draft).last_page(Action.ADD) == 3
    assert [len(one) for one in pages] == [PAGE_SIZE, PAGE_SIZE, 1, 0]
    assert [one.row for some in pages for one in some] == rows
    reviewed(database, secret)
    # Those of its two groups, and that of the refused row's problem.
    assert kept(database, ImportPage) == 3


def test_why_a_file_cannot_be_read_is_kept_instead_of_the_file(database, uploader, secret):
    fault = UnreadableFile("missing_columns", "Nom", "Amina Alaoui")

    write(database, lambda s: keep_unreadable(s, secret, fault, NOW))

    draft = opened(database, secret, uploader)
    with pytest.raises(UnreadableFile) as told:
        summary_of(draft)
    assert (told.value.reason, told.value.facts) == (fault.reason, fault.facts)
    assert draft.kept.sealed == b""
    assert b"Amina" not in draft.kept.summary


def test_the_database_has_neither_the_names_of_a_list_nor_its_secret(database, secret):
    reviewed(database, secret)
    with database.read() as session:
        [draft] = session.scalars(select(ImportDraft)).all()
        pages = session.scalars(select(ImportPage.sealed)).all()

    everything = b"".join((draft.id, draft.sealed, draft.summary, *pages))
    assert [name in everything for name in (b"Amina", b"Bahia", secret.encode())] == [False] * 3


def test_a_draft_cannot_be_opened_with_another_secret_account_event_or_delegation(
    database, event, uploader, secret
):
    other = factories.a_delegation(database, event, "Salé")
    wrong = [
        ("x" * 43, uploader),
        (secret, replace(uploader, delegation_id=other.id)),
        (secret, replace(uploader, operator_id=uploader.operator_id + 1)),
        (secret, replace(uploader, event_id=event.id + 1)),
    ]

    for attempt in wrong:
        with pytest.raises(NotFound):
            opened(database, *attempt)


def test_an_expired_draft_cannot_be_opened_and_is_deleted_by_the_next_upload(
    database, uploader, secret
):
    late = NOW + LIFETIME + factories.minutes(1)
    reviewed(database, secret)

    with pytest.raises(NotFound):
        opened(database, secret, uploader, late)
    write(database, lambda s: keep_upload(s, uploader, FILE, late))

    assert (kept(database), kept(database, ImportPage)) == (1, 0)


def test_a_deleted_draft_leaves_no_row(database, secret):
    reviewed(database, secret)

    write(database, lambda s: forget_draft(s, secret))

    assert (kept(database), kept(database, ImportPage)) == (0, 0)


def test_a_review_of_a_list_that_was_discarded_meanwhile_is_not_kept(database, secret):
    write(database, lambda s: forget_draft(s, secret))

    reviewed(database, secret)

    assert (kept(database), kept(database, ImportPage)) == (0, 0)
