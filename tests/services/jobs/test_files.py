"""Files of jobs: encrypted, in pieces, and gone with their job."""

from __future__ import annotations

import os
import stat
import tracemalloc

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import func, select

from checkin.db.models import JobFile, JobFilePiece, Lane
from checkin.services.common.keys import Keys
from checkin.services.jobs.files import PIECE_BYTES, JobEnded, JobFiles, sweep
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.services.jobs.queue import LOST_AFTER, claim, fail, finish, retry_lost
from tests.support.asked_jobs import ask
from tests.support.factories import KEYS, NOW, minutes, write


@pytest.fixture
def files(database, tmp_path):
    return JobFiles(database, KEYS, tmp_path)


@pytest.fixture
def claimed(database):
    ask(database, "count", at=NOW)
    return write(database, lambda s: claim(s, Lane.OFFICE, "one", {"count"}, NOW))


def add(files, claimed, content=b"%PDF", number=1, step=None):
    with files.writing(claimed, number, "badges.pdf", "application/pdf") as file:
        for start in range(0, len(content), step or max(len(content), 1)):
            file.write(content[start : start + (step or len(content))])


def stored(database) -> list[JobFile]:
    with database.read() as session:
        return list(session.scalars(select(JobFile).order_by(JobFile.number)))


def on_disk(tmp_path) -> list[str]:
    return sorted(file.name for file in (tmp_path / "jobs").glob("*"))


@pytest.mark.parametrize(
    "size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES]
)
@pytest.mark.parametrize("step", [None, 100_003])
def test_what_was_written_is_read_back(database, files, claimed, size, step):
    content = os.urandom(size)

    add(files, claimed, content, step=step)

    [file] = stored(database)
    assert (file.name, file.mime, file.size) == ("badges.pdf", "application/pdf", size)
    assert b"".join(files.read(file)) == content


def test_a_large_file_is_never_whole_in_memory(database, files, claimed):
    chunk, count = os.urandom(2**20), 24
    tracemalloc.start()
    with files.writing(claimed, 1, "large.bin", "application/octet-stream") as file:
        for _ in range(count):
            file.write(chunk)
    [kept] = stored(database)
    size = sum(len(piece) for piece in files.read(kept))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size == count * 2**20
    assert most < 6 * 2**20


def test_neither_the_disk_nor_the_database_shows_what_is_in_a_file(
    database, files, claimed, tmp_path
):
    add(files, claimed, b"Amina Alaoui" * 1000)

    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    with database.read() as session:
        kept += b"".join(session.scalars(select(JobFilePiece.content)))
    assert b"Amina" not in kept
    with pytest.raises(InvalidTag):
        list(JobFiles(database, Keys(bytes(32)), tmp_path).read(stored(database)[0]))


def test_with_sqlite_files_are_for_their_owner_only(sqlite_database, tmp_path):
    database = sqlite_database
    ask(database, "count", at=NOW)
    claimed = write(database, lambda s: claim(s, Lane.OFFICE, "one", {"count"}, NOW))
    add(JobFiles(database, KEYS, tmp_path), claimed)

    [file] = (tmp_path / "jobs").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_with_postgresql_files_are_in_the_database_for_every_node(postgres_database, tmp_path):
    database = postgres_database
    ask(database, "count", at=NOW)
    claimed = write(database, lambda s: claim(s, Lane.OFFICE, "one", {"count"}, NOW))
    add(JobFiles(database, KEYS, tmp_path / "one node"), claimed, b"%PDF")

    elsewhere = JobFiles(database, KEYS, tmp_path / "another")
    assert b"".join(elsewhere.read(stored(database)[0])) == b"%PDF"
    assert list(tmp_path.iterdir()) == []


def test_a_worker_that_has_lost_its_job_adds_no_file(database, files, claimed):
    write(database, lambda s: retry_lost(s, NOW + LOST_AFTER + minutes(1)))

    with pytest.raises(JobEnded):
        add(files, claimed)

    assert stored(database) == []


def test_the_next_attempt_begins_without_the_files_of_the_last(database, files, claimed, tmp_path):
    add(files, claimed, b"old")
    add(files, claimed, b"old", number=2)
    later = NOW + LOST_AFTER + minutes(1)
    write(database, lambda s: retry_lost(s, later))

    again = write(database, lambda s: claim(s, Lane.OFFICE, "two", {"count"}, later))
    add(files, again, b"new")

    [file] = stored(database)
    assert b"".join(files.read(file)) == b"new"


def test_what_a_failed_job_has_made_is_swept_and_what_others_have_stays(
    database, files, claimed, tmp_path
):
    add(files, claimed)
    ask(database, "count", at=NOW)
    failed = write(database, lambda s: claim(s, Lane.OFFICE, "two", {"count"}, NOW))
    add(files, failed)
    write(database, lambda s: finish(s, KEYS, claimed, {}, NOW))

    write(database, lambda s: fail(s, failed, JobFailed(ProblemCode.FAULT), NOW))
    sweep(database, tmp_path)

    with database.read() as session:
        pieces = session.scalar(select(func.count()).select_from(JobFilePiece))
    assert [file.job_id for file in stored(database)] == [claimed.id]
    kept = {"sqlite": ([f"{claimed.id}-1"], 0), "postgresql": ([], 1)}
    assert (on_disk(tmp_path), pieces) == kept[database.dialect]
