"""The pages of jobs: only who asked gets what was made, and only while they still may."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from checkin.db.models import Activity, Delegation, Job, JobState, Operator, Role
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.services.jobs.queue import claim, fail
from checkin.services.jobs.workers import worker_seen
from checkin.web.jobs import job_words
from checkin.worker.kinds import KINDS
from checkin.worker.work.badge_sheets import BADGE_SHEETS
from tests.support import factories
from tests.support.asked_jobs import ask
from tests.support.factories import write
from tests.web.browsing import follow

EVENT = "/events/rabat-2025"


@pytest.fixture
def people(database, event, delegation):
    """Two people of Khémisset, and one of Salé."""
    sale = factories.a_delegation(database, event, "Salé")
    for name in ("Amina Alaoui", "Bahia Idrissi"):
        factories.a_participant(database, event, name, delegation=delegation)
    factories.a_participant(database, event, "Zineb Tazi", delegation=sale)


@pytest.fixture
def asked(organiser, people):
    """The page of a job that has drawn the badges of both delegations."""
    answer = organiser.send(f"{EVENT}/badges", f"{EVENT}/badges.pdf", design="card")
    assert answer.status_code == 303
    return answer.location


def a_job(database, event):
    """Let the organiser have asked for a job, which nobody does."""
    with database.read() as session:
        asker = session.scalars(select(Operator.id).where(Operator.role == Role.ORGANISER)).one()
    return ask(database, BADGE_SHEETS.name, event_id=event.id, operator_id=asker, design="card")


def claimed(database):
    now = datetime.now(UTC)
    return write(database, lambda s: claim(s, BADGE_SHEETS.lane, "one", KINDS, now))


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_an_organiser_gets_the_badges_of_all_delegations_in_files_and_as_one_archive(
    organiser, database, asked
):
    page = organiser.read(asked)
    first, second = (organiser.open(f"{asked}/files/{number}") for number in (1, 2))
    archive = organiser.open(f"{asked}/files.zip")

    assert ("badges-1-khemisset.pdf" in page, "badges-2-sale.pdf" in page) == (True, True)
    assert ("Zineb" in text_of(first.data), "Zineb" in text_of(second.data)) == (False, True)
    assert first.content_length == len(first.data)
    assert first.headers["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(archive.data)) as files:
        assert files.testzip() is None
        assert {one: files.read(one) for one in files.namelist()} == {
            "badges-1-khemisset.pdf": first.data,
            "badges-2-sale.pdf": second.data,
        }
    with database.read() as session:
        lines = session.scalars(select(Activity).where(Activity.action == "badges.sheets")).all()
    assert [(line.details["file"], line.details["badges"]) for line in lines] == [
        ("badges-1-khemisset.pdf", 3),
        ("badges-2-sale.pdf", 3),
        ("badge-sheets-1.zip", 3),
    ]


def test_nobody_else_sees_a_job_or_gets_its_files(signed_in, asked, organiser):
    for role in (Role.ADMINISTRATOR, Role.COORDINATOR):
        other = signed_in(role)
        addresses = [asked, f"{asked}/files/1", f"{asked}/files.zip"]
        assert [other.open(address).status_code for address in addresses] == [404] * 3
        assert other.send("/account", f"{asked}/cancel").status_code == 404
        assert "badge_sheets" not in other.read(f"{EVENT}/jobs")
        assert asked not in other.read(f"{EVENT}/jobs")
    assert asked in organiser.read(f"{EVENT}/jobs")


def test_a_coordinator_of_another_delegation_by_now_gets_nothing_any_more(
    coordinator, database, event, delegation, people
):
    page = f"{EVENT}/delegations/{delegation.id}/badges"
    file = coordinator.send(page, page + ".pdf", design="card").location
    assert coordinator.open(file).status_code == 200

    with database.read() as session:
        sale = session.scalars(select(Delegation.id).where(Delegation.name == "Salé")).one()
    write(
        database,
        lambda s: s.execute(
            update(Operator).where(Operator.role == Role.COORDINATOR).values(delegation_id=sale)
        ),
    )

    assert coordinator.open(file).status_code == 404
    assert file.partition("/files")[0] not in coordinator.read(f"{EVENT}/jobs")


def test_an_organiser_who_is_a_coordinator_by_now_gets_only_what_that_one_may(
    organiser, database, asked, delegation
):
    write(
        database,
        lambda s: s.execute(
            update(Operator)
            .where(Operator.role == Role.ORGANISER)
            .values(role=Role.COORDINATOR, delegation_id=delegation.id)
        ),
    )

    assert organiser.open(f"{asked}/files/1").status_code == 404


def test_a_job_of_one_event_is_not_found_in_another(organiser, database, asked):
    factories.an_event(database, "autre-2025")

    assert organiser.open(asked.replace("rabat-2025", "autre-2025")).status_code == 404


def test_while_no_worker_runs_the_page_says_so(organiser, database, event):
    number = a_job(database, event)

    page = organiser.read(f"{EVENT}/jobs/{number}?lang=en")
    assert ("Job waiting" in page, "does long work is not running" in page) == (True,) * 2

    write(database, lambda s: worker_seen(s, "one", datetime.now(UTC)))
    assert "does long work is not running" not in organiser.read(f"{EVENT}/jobs/{number}?lang=en")


def test_a_job_that_goes_on_shows_how_far_it_is_and_goes_on_without_javascript(
    organiser, database, event
):
    number = a_job(database, event)
    claimed(database)
    write(
        database,
        lambda s: s.execute(update(Job).where(Job.id == number).values(done=1500, total=6000)),
    )

    page = organiser.read(f"{EVENT}/jobs/{number}?lang=en")

    assert '<progress value="1500" max="6000"' in page
    assert ("1,500 of 6,000" in page, "a second" in page) == (True, True)
    assert '<noscript><meta http-equiv="refresh"' in page
    assert organiser.open(f"{EVENT}/jobs/{number}/files/1").status_code == 404
    assert organiser.open(f"{EVENT}/jobs/{number}/files.zip").status_code == 404


def test_a_job_that_waits_says_how_many_are_before_it(organiser, database, event):
    a_job(database, event)
    second = a_job(database, event)

    assert "Jobs before it: 1" in organiser.read(f"{EVENT}/jobs/{second}?lang=en")


def test_a_job_is_canceled_by_who_asked(organiser, database, event):
    number = a_job(database, event)
    page = f"{EVENT}/jobs/{number}"

    shown = follow(organiser, organiser.send(page, f"{page}/cancel")).text

    assert "Tâche annulée" in shown
    assert 'http-equiv="refresh"' not in shown


def test_what_was_made_is_erased_when_its_asker_says_so(organiser, database, asked, tmp_path):
    shown = follow(organiser, organiser.send(asked, f"{asked}/cancel")).text

    assert "sont effacés" in shown
    assert organiser.open(asked).status_code == 404
    assert list((tmp_path / "jobs").iterdir()) == []


@pytest.mark.parametrize("code", list(ProblemCode))
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_job_that_failed_says_why(organiser, database, event, code, language):
    number = a_job(database, event)
    mine = claimed(database)
    told = JobFailed(code, answer="550 <we> take {nothing}")
    write(database, lambda s: fail(s, mine, told, datetime.now(UTC)))

    page = organiser.read(f"{EVENT}/jobs/{number}?lang={language}")

    assert 'class="mark mark-bad"' in page
    assert str(code) not in page
    shown = "\u2068550 &lt;we&gt; take {nothing}\u2069" in page
    assert shown == (code is ProblemCode.MAIL_REFUSED)


def test_every_kind_has_a_title_and_every_problem_a_sentence(app):
    with app.test_request_context("/"):
        assert job_words.title_words().keys() == KINDS.keys()
        assert job_words.problem_words().keys() == set(ProblemCode)
        assert job_words.state_words().keys() == set(JobState)


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0,1 ko"), (69_851, "69,9 ko"), (1_231_977, "1,2 Mo"), (5 * 10**9, "5\u202f000 Mo")],
)
def test_sizes_are_shown_as_people_read_them(app, size, shown):
    with app.test_request_context("/?lang=fr"):
        assert job_words.size_text(size) == f"\u2068{shown}\u2069"


def test_the_log_of_a_fault_is_not_on_the_page(organiser, database, event, monkeypatch, people):
    def stumble(_context):
        raise KeyError("a secret name")

    monkeypatch.setitem(
        KINDS, BADGE_SHEETS.name, type(BADGE_SHEETS)("badge_sheets", BADGE_SHEETS.lane, stumble, "")
    )

    answer = organiser.send(f"{EVENT}/badges", f"{EVENT}/badges.pdf", design="card")
    page = organiser.read(answer.location)

    assert "secret" not in page
    assert "Traceback" not in page
    assert "erreur" in page
