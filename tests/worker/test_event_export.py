"""The export of an event by a worker: told row by row, canceled, and as small as its pieces."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checkin.db.models import Event, JobState, Lane
from checkin.services.export.whole import FORMATS, write_export
from checkin.services.jobs.files import JobEnded, JobFiles
from checkin.services.jobs.own_jobs import files_of
from checkin.services.jobs.queue import Asked, enqueue, result_of
from checkin.settings import Settings
from checkin.worker.context import JobContext, Kind
from checkin.worker.work.event_export import EVENT_EXPORT, write
from tests.support import factories
from tests.support.asked_jobs import ended
from tests.support.factories import KEYS, MASTER_KEY, NOW
from tests.support.servers.working import working

FEW, MANY = 2_000, 20_000
#: what a process may take more for ten times as many people: SQLite keeps some pages of its file
ALLOWED_KB = 9_000


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return Settings(home=tmp_path, database_url=database_url, master_key=MASTER_KEY.hex())


def people(database, slug: str, count: int) -> Event:
    event = factories.an_event(database, slug)
    delegation = factories.a_delegation(database, event, quota=count)
    factories.badges(database, event, count, delegation=delegation)
    return event


def ask(database, event: Event, kind: str = "event_export", form: str = "json") -> int:
    asked = Asked(kind, Lane.OFFICE, "records.download", {"format": form}, event_id=event.id)
    return factories.write(database, lambda s: enqueue(s, KEYS, asked, datetime.now(UTC)).id)


def peak_kb() -> int:
    """Return the most memory that this process has had, since `forget_peak`."""
    [line] = [x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x]
    return int(line.split()[1])


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def measured(context: JobContext) -> dict:
    """Export as always, and tell by how much the process has grown at most."""
    forget_peak()
    before = peak_kb()
    write(context)
    return {"grown_kb": peak_kb() - before}


def hoarding(context: JobContext) -> dict:
    """Export into memory, and tell by how much the process has grown at most."""
    forget_peak()
    before = peak_kb()
    with context.database.snapshot() as session:
        event = session.get_one(Event, context.claimed.event_id)
        write_export(session, event, "json", io.BytesIO(), now=NOW)
    return {"grown_kb": peak_kb() - before}


KINDS = {
    work.__name__: Kind(work.__name__, Lane.OFFICE, work, "event.export")
    for work in (measured, hoarding)
} | {EVENT_EXPORT.name: EVENT_EXPORT}


def growth(database, events: list[Event], kind: str) -> int:
    """Return by how many kB more the process of the second event's export has grown."""
    jobs = [ended(database, ask(database, event, kind), 120) for event in events]
    few, many = (result_of(KEYS, job)["grown_kb"] for job in jobs)
    return many - few


@pytest.mark.proof  # tests/services/export measures the same within a process
def test_the_memory_of_an_export_does_not_grow_with_the_number_of_people(database, settings):
    events = [people(database, "rabat-2025", FEW), people(database, "sale-2025", MANY)]
    with working(settings, kinds=KINDS):
        streamed = growth(database, events, "measured")
        hoarded = growth(database, events, "hoarding")

    print(f"\n{database.dialect}: {streamed} kB more, all in memory {hoarded} kB")
    assert streamed < ALLOWED_KB < hoarded


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_tells_how_many_rows_are_written_and_makes_one_file(database, settings, form):
    event = people(database, "rabat-2025", 30)
    with working(settings, kinds=KINDS):
        job = ended(database, ask(database, event, form=form))

    with database.read() as session:
        [file] = files_of(session, job)
    content = b"".join(JobFiles(database, KEYS, settings.home).read(file))
    assert (job.state, result_of(KEYS, job)) == (JobState.DONE, {"format": form})
    assert (file.name, file.mime) == (f"participants-2025-06-14.{form}", FORMATS[form].mime)
    assert file.size == len(content)
    if form == "json":
        rows = sum(len(one) for one in json.loads(content).values() if isinstance(one, list))
        assert (job.done, job.total) == (rows, rows)
    else:
        assert (job.done, job.total) == (30, 30)


def test_an_export_ends_between_two_rows_when_it_is_told_to(database):
    event = people(database, "rabat-2025", 30)
    told = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if done == 7:
            raise JobEnded

    with database.snapshot() as session, pytest.raises(JobEnded):
        write_export(session, event, "csv", io.BytesIO(), now=NOW, progress=progress)

    assert told == [(done, 30) for done in range(1, 8)]
