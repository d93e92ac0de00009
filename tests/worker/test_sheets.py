"""A sheet at an address: fetched at its time, new people registered once, the rest waits."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from checkin.db.engine import in_transaction
from checkin.db.models import (
    Activity,
    Job,
    Lane,
    Message,
    Participant,
    Role,
    SheetDecision,
    SheetPerson,
    SheetSource,
)
from checkin.domain.integrations.sheets import SheetProblem, Waits
from checkin.domain.network.destinations import NOTHING_ELSE
from checkin.domain.people.importing.sheets import SheetChoices
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.integrations.sheets import (
    DECIDE,
    FETCH,
    ask_for_job,
    dismiss,
    keep_choices,
    look_at,
    pause_sheet,
    set_sheet,
    start_fetching,
)
from checkin.services.jobs.queue import Asked, claim, enqueue
from checkin.services.network.outgoing import check_destination
from checkin.services.people.importing.import_drafts import MAX_ROWS
from checkin.services.uploads.tables import read_sheets
from checkin.settings import Settings
from checkin.worker.context import Tools
from checkin.worker.kinds import KINDS
from checkin.worker.perform import perform
from checkin.worker.sheets import fetch_sheets
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.support.others.sheet_server import ALI, OMAR, SARA, sheet_server
from tests.support.others.webhook_receiver import HERE
from tests.support.racing import race
from tests.web.browsing import an_operator

MARK = b"m" * 32
QUARTER = timedelta(minutes=15)


class Office:
    """A worker that does its jobs when it is told to, by a clock that it is told, too."""

    def __init__(self, database, event, allowed=HERE):
        self.now, self.database, self.event = NOW, database, event
        settings = Settings(home=Path(), outgoing_allowed=allowed)
        self.tools = Tools(database, KEYS, settings, lambda: self.now)

    def beat(self, after: timedelta = QUARTER) -> None:
        """Do what a worker does at a beat some time later, and the jobs that it asks for."""
        self.now += after
        fetch_sheets(self.tools)
        self.work()

    def work(self) -> None:
        while (claimed := in_transaction(self.database, self._claim)) is not None:
            perform(claimed, KINDS, self.tools, lambda: False)

    def decide(self, kind: Waits, *ids: int) -> None:
        """Accept some of what waits, or all of a kind."""
        given = {"ids": list(ids), "kind": kind}
        with self.database.read() as session:
            by = session.scalars(select(SheetSource.operator_id)).one()
        write(
            self.database,
            lambda s: ask_for_job(s, KEYS, DECIDE, self.event.id, by, self.now, given),
        )
        self.work()

    def _claim(self, session):
        return claim(session, Lane.UPLOADS, "office", KINDS, self.now)


@pytest.fixture
def office(database, event) -> Office:
    factories.a_delegation(database, event, "Khémisset", quota=2)
    factories.a_category(database, event, "Membre")
    return Office(database, event)


@pytest.fixture
def organiser(database, event):
    return an_operator(database, Role.ORGANISER)


@pytest.fixture
def sheet():
    with sheet_server() as running:
        running.rows = [ALI, SARA]
        yield running


def set_up(database, event, sheet, organiser, minutes=15) -> None:
    """Set the sheet, and answer what the first look asks."""
    destination = check_destination(sheet.url, HERE)
    workbook = read_sheets(sheet.content, "sheet.csv", most_rows=MAX_ROWS)

    def work(session):
        who = {"operator_id": organiser.id, "now": NOW}
        set_sheet(session, event, KEYS, destination, minutes, **who)
        look_at(session, event, MARK)
        keep_choices(session, MARK, workbook.sheets, SheetChoices(), NOW)

    write(database, work)


@pytest.fixture
def looked_at(database, event, sheet, organiser, office) -> Office:
    set_up(database, event, sheet, organiser)
    return office


def people(database) -> dict[str, str]:
    with database.read() as session:
        rows = session.execute(select(Participant.name, Participant.standing))
        return {row.name: row.standing for row in rows}


def waiting(database) -> list[tuple[str, str | None]]:
    with database.read() as session:
        rows = session.execute(
            select(SheetDecision.kind, Participant.name)
            .outerjoin(Participant, Participant.id == SheetDecision.participant_id)
            .where(SheetDecision.dismissed_at.is_(None))
            .order_by(SheetDecision.id)
        )
        return [(kind, name) for kind, name in rows]


def source(database) -> SheetSource:
    with database.read() as session:
        return session.scalars(select(SheetSource)).one()


def test_new_people_are_registered_by_the_rules_of_lists(looked_at, database, sheet, organiser):
    sheet.rows = [ALI, SARA, OMAR]
    looked_at.beat()

    assert people(database) == {
        "Ali Bennani": RegistrationStatus.CONFIRMED,
        "Sara Idrissi": RegistrationStatus.CONFIRMED,
        "Omar Tazi": RegistrationStatus.RESERVE,  # the quota has two places
    }
    kept = source(database)
    assert (kept.rows, kept.added, kept.problem) == (3, 3, None)
    assert kept.fetched_at == kept.added_at == looked_at.now
    assert waiting(database) == []
    with database.read() as session:
        entry = session.scalars(
            select(Activity).where(Activity.action == "participants.import")
        ).one()
    assert (entry.operator_id, entry.details["add"]) == (organiser.id, 3)


def test_nothing_is_fetched_before_the_first_look_nor_before_its_time(
    database, event, sheet, organiser, office
):
    destination = check_destination(sheet.url, HERE)
    write(
        database,
        lambda s: set_sheet(s, event, KEYS, destination, 15, operator_id=organiser.id, now=NOW),
    )
    office.beat(timedelta(days=1))
    assert sheet.answered == []

    office.now = NOW
    set_up(database, event, sheet, organiser)
    office.beat(timedelta(minutes=14))
    assert sheet.answered == []
    office.beat(timedelta(minutes=1))
    assert sheet.answered == [200]


def test_a_sheet_that_is_the_same_is_neither_sent_nor_read_again(looked_at, database, sheet):
    looked_at.beat()
    before = people(database)
    looked_at.beat()

    assert sheet.answered == [200, 304]
    assert people(database) == before
    kept = source(database)
    assert (kept.fetched_at, kept.added) == (looked_at.now, 2)


def test_a_server_without_versions_adds_nobody_twice_either(looked_at, database, sheet):
    sheet.tells_version = False
    looked_at.beat()
    looked_at.beat()
    sheet.rows = [SARA, ALI]  # other bytes
    looked_at.beat()

    assert sheet.answered == [200, 200, 200]
    assert len(people(database)) == 2
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 0


def test_changes_and_who_has_gone_wait_and_nobody_is_changed_by_themselves(
    looked_at, database, sheet
):
    looked_at.beat()
    sheet.rows = [(*ALI[:3], "0612345699")]
    looked_at.beat()

    assert waiting(database) == [("change", "Ali Bennani"), ("gone", "Sara Idrissi")]
    assert set(people(database).values()) == {RegistrationStatus.CONFIRMED}
    with database.read() as session:
        ali = session.scalars(select(Participant).where(Participant.name == ALI[0])).one()
    assert ali.phone == "+212612345601"


def test_what_is_accepted_is_done_and_waits_no_more(looked_at, database, sheet):
    looked_at.beat()
    sheet.rows = [(*ALI[:3], "0612345699")]
    looked_at.beat()

    looked_at.decide(Waits.CHANGE)
    looked_at.decide(Waits.GONE)

    assert waiting(database) == []
    assert people(database) == {
        "Ali Bennani": RegistrationStatus.CONFIRMED,
        "Sara Idrissi": RegistrationStatus.CANCELED,
    }
    with database.read() as session:
        ali = session.scalars(select(Participant).where(Participant.name == ALI[0])).one()
    assert ali.phone == "+212612345699"
    looked_at.beat()
    assert waiting(database) == []


def test_an_empty_sheet_is_a_fault_and_takes_nobody_for_gone(looked_at, database, sheet):
    sheet.rows = [ALI, SARA]
    looked_at.beat()
    sheet.rows = []
    looked_at.beat()

    assert waiting(database) == []
    with database.read() as session:
        assert session.scalars(select(SheetSource.problem)).one()


def test_one_alone_is_accepted(looked_at, database, sheet):
    sheet.rows = [ALI, SARA]
    looked_at.beat()
    sheet.rows = [OMAR]
    looked_at.beat()
    assert waiting(database) == [("gone", "Ali Bennani"), ("gone", "Sara Idrissi")]
    with database.read() as session:
        first = session.scalars(select(SheetDecision.id).order_by(SheetDecision.id)).first()

    looked_at.decide(Waits.GONE, first)

    assert waiting(database) == [("gone", "Sara Idrissi")]
    assert people(database)["Ali Bennani"] == RegistrationStatus.CANCELED


def test_a_row_with_a_question_waits_and_goes_when_it_is_corrected_in_the_sheet(
    looked_at, database, sheet
):
    sheet.rows = [ALI, (*SARA[:3], "12")]
    looked_at.beat()
    assert waiting(database) == [("question", None)]
    assert set(people(database)) == {"Ali Bennani"}
    looked_at.decide(Waits.QUESTION)  # no word makes 12 a telephone
    assert waiting(database) == [("question", None)]

    sheet.rows = [ALI, SARA]
    looked_at.beat()

    assert waiting(database) == []
    assert set(people(database)) == {"Ali Bennani", "Sara Idrissi"}


def test_a_shared_telephone_is_accepted_by_a_word(looked_at, database, sheet):
    sheet.rows = [ALI, (*SARA[:3], ALI[3])]
    looked_at.beat()
    assert waiting(database) == [("question", None)]

    looked_at.decide(Waits.QUESTION)

    assert set(people(database)) == {"Ali Bennani", "Sara Idrissi"}
    looked_at.beat()
    assert waiting(database) == []


def test_whoever_is_asked_about_has_not_gone(looked_at, database, sheet):
    looked_at.beat()
    sheet.rows = [ALI, (*SARA[:3], "12")]
    looked_at.beat()

    assert waiting(database) == [("question", None)]


def test_what_is_left_stays_left_until_the_sheet_says_something_else(
    looked_at, database, event, sheet, organiser
):
    looked_at.beat()
    sheet.rows = [(*ALI[:3], "0612345699"), SARA]
    looked_at.beat()
    who = {"operator_id": organiser.id, "now": looked_at.now}
    write(database, lambda s: dismiss(s, event, ids=[], kind=Waits.CHANGE, **who))
    assert waiting(database) == []

    sheet.rows = [*sheet.rows, OMAR]  # read anew
    looked_at.beat()
    assert waiting(database) == []
    assert "Omar Tazi" in people(database)

    sheet.rows = [(*ALI[:3], "0612345698"), SARA, OMAR]
    looked_at.beat()
    assert waiting(database) == [("change", "Ali Bennani")]


def test_somebody_who_comes_back_has_not_gone(looked_at, database, sheet):
    looked_at.beat()
    sheet.rows = [ALI]
    looked_at.beat()
    assert waiting(database) == [("gone", "Sara Idrissi")]

    sheet.rows = [ALI, SARA]
    looked_at.beat()

    assert waiting(database) == []


def test_people_who_were_registered_otherwise_have_not_gone(looked_at, database, event, sheet):
    factories.a_participant(database, event, "Quelqu’un Dautre")
    looked_at.beat()

    assert waiting(database) == []
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(SheetPerson)) == 2


FAULTS = {
    "missing": ({"status": 404}, SheetProblem.MISSING),
    "forbidden": ({"status": 403}, SheetProblem.FORBIDDEN),
    "another answer": ({"status": 500}, SheetProblem.STATUS),
    "a sign-in": (
        {"body": b"<!DOCTYPE html><title>Sign in</title>", "content_type": "text/html"},
        SheetProblem.WEB_PAGE,
    ),
    "a sign-in that says it is CSV": (
        {"body": b"\n <HTML><body>Sign in", "content_type": "text/csv"},
        SheetProblem.WEB_PAGE,
    ),
    "too large": ({"body": b"Nom\n" + b"x" * 10_000_000}, SheetProblem.LARGE),
    "nothing": ({"body": b""}, SheetProblem.UNREADABLE),
    "no text": ({"body": b"Nom\n\0\0\n"}, SheetProblem.UNREADABLE),
    "a column called otherwise": (
        {"headings": ("Nom", "Délégation", "Catégorie", "GSM perso")},
        SheetProblem.COLUMNS,
    ),
}


@pytest.mark.parametrize("wrong", FAULTS)
def test_what_goes_wrong_is_told_changes_nothing_and_is_tried_again(
    looked_at, database, sheet, wrong
):
    looked_at.beat()
    before, read_at = people(database), looked_at.now
    changed, problem = FAULTS[wrong]
    good = {name: getattr(sheet, name) for name in changed}
    for name, value in changed.items():
        setattr(sheet, name, value)
    looked_at.beat()

    kept = source(database)
    assert kept.problem == problem
    assert (kept.tried_at, kept.fetched_at) == (looked_at.now, read_at)
    assert (people(database), waiting(database)) == (before, [])

    for name, value in good.items():
        setattr(sheet, name, value)
    looked_at.beat()
    assert source(database).problem is None


def test_an_address_that_may_not_be_called_any_more_is_told(looked_at, database, sheet):
    settings = Settings(home=Path(), outgoing_allowed=NOTHING_ELSE)
    looked_at.tools = Tools(database, KEYS, settings, lambda: looked_at.now)
    looked_at.beat()

    assert source(database).problem == SheetProblem.NOT_ALLOWED  # 127.0.0.1 is not the internet
    assert sheet.answered == []


def test_a_paused_sheet_is_not_fetched(looked_at, database, event, sheet, organiser):
    who = {"operator_id": organiser.id, "now": looked_at.now}
    write(database, lambda s: pause_sheet(s, event, is_paused=True, **who))
    looked_at.beat(timedelta(days=1))
    assert sheet.answered == []

    who["now"] = looked_at.now
    write(database, lambda s: pause_sheet(s, event, is_paused=False, **who))
    looked_at.beat(timedelta(0))
    assert sheet.answered == [200]


def test_of_many_workers_that_look_at_once_one_asks_for_the_job(looked_at, database, event):
    at = NOW + QUARTER

    def look(_which: int) -> bool:
        return in_transaction(
            database, partial(start_fetching, keys=KEYS, event_id=event.id, now=at)
        )

    assert sorted(race(8, look)) == [False] * 7 + [True]
    with database.read() as session:
        assert list(session.scalars(select(Job.kind))) == [FETCH]


def test_two_jobs_of_a_sheet_at_once_register_nobody_twice(looked_at, database, event, sheet):
    """As where a worker was taken for dead, and is not."""
    sheet.tells_version = False

    def fetch(which: int) -> None:
        office = Office(database, event)
        claimed = in_transaction(
            database, lambda s: claim(s, Lane.UPLOADS, f"w{which}", KINDS, NOW)
        )
        assert claimed is not None
        perform(claimed, KINDS, office.tools, lambda: False)

    by = source(database).operator_id
    for _job in range(2):
        asked = Asked(FETCH, Lane.UPLOADS, "sheet.show", {}, event_id=event.id, operator_id=by)
        write(database, lambda s, asked=asked: enqueue(s, KEYS, asked, NOW))
    race(2, fetch)

    assert people(database) == {
        "Ali Bennani": RegistrationStatus.CONFIRMED,
        "Sara Idrissi": RegistrationStatus.CONFIRMED,
    }
    assert waiting(database) == []


def test_a_job_under_way_is_not_asked_for_twice(looked_at, database, event):
    by = source(database).operator_id

    def ask(_which: int) -> int | None:
        return in_transaction(database, lambda s: ask_for_job(s, KEYS, FETCH, event.id, by, NOW))

    assert sum(one is not None for one in race(6, ask)) == 1


def test_the_address_is_not_in_the_database_in_plain_text(looked_at, database, sheet):
    kept = source(database)
    assert b"a-secret" not in kept.sealed
    assert kept.host == "localhost/…"


def test_what_waits_is_not_in_the_database_in_plain_text(looked_at, database, sheet):
    sheet.rows = [ALI, (*SARA[:3], "12")]
    looked_at.beat()

    with database.read() as session:
        sealed = session.scalars(select(SheetDecision.sealed)).one()
    assert b"Sara" not in sealed
