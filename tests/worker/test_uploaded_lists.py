"""A worker reads, checks and registers uploaded lists, and may be killed at any moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from checkin.db.models import Activity, Badge, ImportDraft, Job, JobState, Participant, Role
from checkin.domain.people.importing.importing import Action
from checkin.services.jobs.queue import Asked, cancel, enqueue, result_of
from checkin.services.people.importing.import_drafts import (
    UploadedFile,
    Uploader,
    draft_id,
    keep_upload,
    opened_draft,
)
from checkin.services.people.importing.import_reviews import page_of, summary_of
from checkin.services.people.importing.import_standing import ImportStanding
from checkin.settings import Settings
from checkin.worker.context import Kind
from checkin.worker.work.uploaded_lists import LIST_CHECK, LIST_READ, LIST_REGISTER
from tests.services.spreadsheets.workbooks import sheet_with
from tests.support import factories
from tests.support.asked_jobs import ended, job_now
from tests.support.factories import KEYS, MASTER_KEY, write
from tests.support.servers.working import working
from tests.support.waiting import wait_for
from tests.web.browsing import an_operator

COUNT, QUOTA = 3000, 2500
NO_CORRECTIONS = {
    **{"cells": {}, "left_out": [], "right": [], "overwrites": []},
    **{"all": "", "was_to_register": False},
}
LIST = "Nom,Téléphone\n" + "".join(f"Militant N{n}a,06{n:08d}\n" for n in range(COUNT))


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return Settings(home=tmp_path, database_url=database_url, master_key=MASTER_KEY.hex())


@pytest.fixture
def uploader(database, event):
    delegation = factories.a_delegation(database, event, quota=QUOTA)
    factories.a_category(database, event)
    clerk = an_operator(database, Role.COORDINATOR, delegation_id=delegation.id)
    return Uploader(clerk.id, event.id, delegation.id)


def upload(database, uploader, content: bytes) -> str:
    file = UploadedFile("liste", content)
    return write(database, lambda s: keep_upload(s, uploader, file, datetime.now(UTC)))


def ask(database, uploader, kind: Kind, secret: str, **more) -> int:
    asked = Asked(
        kind=kind.name,
        lane=kind.lane,
        endpoint="importing.upload",
        arguments={"secret": secret, **more},
        event_id=uploader.event_id,
        delegation_id=uploader.delegation_id,
        operator_id=uploader.operator_id,
    )
    return write(database, lambda s: enqueue(s, KEYS, asked, datetime.now(UTC)).id)


def standing(database, secret) -> ImportStanding:
    with database.read() as session:
        draft = session.get(ImportDraft, draft_id(secret))
        return ImportStanding.of(draft.standing if draft else None)


def some_are_registered(database, secret):
    wait_for(lambda: standing(database, secret).done, "the first batch", 60)


def people(database):
    with database.read() as session:
        found = select(Participant.name, Participant.reserve_no).order_by(Participant.id)
        return [tuple(row) for row in session.execute(found)]


def everybody():
    return [(f"Militant N{n}a", None if n < QUOTA else n - QUOTA + 1) for n in range(COUNT)]


def lines(database):
    with database.read() as session:
        found = select(Activity.details).where(Activity.action == "participants.import")
        return session.scalars(found).all()


def test_a_worker_killed_in_the_middle_of_a_list_goes_on_exactly_where_it_was(
    database, settings, uploader
):
    secret = upload(database, uploader, LIST.encode())
    ask(database, uploader, LIST_READ, secret)
    number = ask(database, uploader, LIST_REGISTER, secret)
    with working(settings, "one") as worker:
        some_are_registered(database, secret)
        worker.kill()
        worker.join()
    at_death = people(database)

    with working(settings, "one"):
        job = ended(database, number)

    assert 0 < len(at_death) < COUNT
    assert job_now(database, number).attempts == 2
    assert (job.state, job.done, job.total) == (JobState.DONE, COUNT, COUNT)
    assert people(database) == everybody()
    counts = {"add": COUNT, "change": 0, "skip": 0, "refuse": 0}
    # Some wait for a place: whether to tell them is asked once, however often it was begun.
    assert result_of(KEYS, job) == counts | {"announcement": 1, "run": 1}
    assert lines(database) == [
        {"delegation_id": uploader.delegation_id, "add": COUNT, "change": 0, "skip": 0, "refuse": 0}
    ]
    with database.read() as session:
        assert session.scalar(select(func.count(Badge.id))) == COUNT
        assert session.scalars(select(ImportDraft.id)).all() == []
        assert session.scalars(select(Job.sealed).where(Job.sealed.is_not(None))).all() == []


def test_a_canceled_registration_says_how_many_are_registered_and_keeps_the_rest(
    database, settings, uploader
):
    secret = upload(database, uploader, LIST.encode())
    ask(database, uploader, LIST_READ, secret)
    number = ask(database, uploader, LIST_REGISTER, secret)
    with working(settings):
        some_are_registered(database, secret)
        write(database, lambda s: cancel(s, s.get_one(Job, number), datetime.now(UTC)))
        job = ended(database, number)
        reached = standing(database, secret)
        registered = people(database)
        ended(database, ask(database, uploader, LIST_CHECK, secret, **NO_CORRECTIONS))

    with database.read() as session:
        draft = opened_draft(session, secret, uploader, datetime.now(UTC))
    assert (job.state, job.sealed) == (JobState.CANCELED, None)
    assert 0 < reached.done < COUNT
    assert registered == everybody()[: reached.done]
    assert lines(database) == [{"delegation_id": uploader.delegation_id, **reached.counts}]
    assert summary_of(draft).counts["add"] == COUNT - reached.done
    assert [row.cells["name"] for row in draft.table().rows] == [
        name for name, _ in everybody()[reached.done :]
    ]


def test_a_list_is_read_and_reviewed_by_the_worker_and_nobody_is_registered(
    database, settings, uploader
):
    secret = upload(database, uploader, LIST.encode())
    with working(settings):
        job = ended(database, ask(database, uploader, LIST_READ, secret))

    with database.read() as session:
        draft = opened_draft(session, secret, uploader, datetime.now(UTC))
        page = page_of(session, draft, Action.ADD, 120)
    assert (job.state, summary_of(draft).counts["add"]) == (JobState.DONE, COUNT)
    assert page[-1].row.cells["name"] == everybody()[-1][0]
    assert people(database) == []


def test_a_workbook_of_a_million_rows_is_refused_in_the_worker(database, settings, uploader):
    rows = b'<row><c t="str"><v>Nom</v></c></row>' * 1_000_000
    secret = upload(database, uploader, sheet_with(rows))
    with working(settings):
        job = ended(database, ask(database, uploader, LIST_READ, secret))

    assert job.problem == {"code": "unreadable_list", "values": {}}


def test_a_list_that_was_discarded_is_not_registered(database, settings, uploader):
    with working(settings):
        job = ended(database, ask(database, uploader, LIST_REGISTER, "x" * 43))

    assert job.problem == {"code": "list_gone", "values": {}}
