"""A worker draws the badges of an event in parts, each in a process of its own."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from checkin.services.jobs.files import JobFiles
from checkin.services.jobs.own_jobs import files_of
from checkin.services.jobs.queue import result_of
from checkin.settings import Settings
from tests.support import factories
from tests.support.asked_jobs import ask, ended
from tests.support.factories import KEYS, MASTER_KEY
from tests.support.servers.working import working
from tests.worker.kinds import TEST_KINDS


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return Settings(home=tmp_path, database_url=database_url, master_key=MASTER_KEY.hex())


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_large_delegation_has_several_files_of_which_the_first_has_the_cover(
    database, event, settings
):
    for name, delegation in (("Amina Alaoui", 1), ("Bahia Idrissi", 1), ("Zineb Tazi", 2)):
        there = factories.a_delegation(database, event, {1: "Khémisset", 2: "Salé"}[delegation])
        factories.a_participant(database, event, name, delegation=there)

    with working(settings, kinds=TEST_KINDS):
        number = ask(database, "one_by_one", event_id=event.id, design="card")
        job = ended(database, number)

    with database.read() as session:
        files = files_of(session, job)
    reading = JobFiles(database, KEYS, settings.home)
    pdfs = [b"".join(reading.read(file)) for file in files]
    assert (job.state, result_of(KEYS, job)) == ("done", {"badges": 3})
    assert (job.done, job.total) == (3, 3)
    assert [file.name for file in files] == [
        "badges-1-khemisset-1.pdf",
        "badges-1-khemisset-2.pdf",
        "badges-2-sale.pdf",
    ]
    assert [len(PdfReader(io.BytesIO(pdf)).pages) for pdf in pdfs] == [2, 1, 2]
    assert ["Amina" in text_of(pdf) for pdf in pdfs] == [True, False, False]
    assert ["Zineb" in text_of(pdf) for pdf in pdfs] == [False, False, True]
