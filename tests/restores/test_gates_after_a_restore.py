"""A restore loses nothing that a gate has seen: it is offered again, and recorded once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from checkin.db.models import Admission, Conflict, Epoch, Event, Participant, Scan
from checkin.domain.common.epochs import EpochCause
from checkin.services.backups.epochs import JUMP, begin_epoch
from checkin.services.common.list_version import next_list_version
from checkin.services.events.days import set_days
from checkin.web.site.state import EXTENSION
from scanner.core.scan import Kind
from scanner.offline.walk_in import Newcomer
from scanner.server.events import OfferedAgain
from tests.support import factories, lending


def announced(database):
    factories.write(database, lambda s: begin_epoch(s, EpochCause.RESTORED, datetime.now(UTC)))


def silently(_database):
    """A file was copied back: nobody tells the server."""


def counts(database):
    """Return how many scans the log holds, how many are different, and how many arrived."""
    with database.read() as session:
        scans = session.execute(
            select(func.count(Scan.id), func.count(func.distinct(Scan.scan_id)))
        ).one()
        arrived = session.scalar(
            select(func.count()).where(Admission.annulled_at.is_(None), Admission.entry_no == 1)
        )
    return (*scans, arrived)


def conflicts(database):
    with database.read() as session:
        return session.scalars(select(Conflict.reason)).all()


@pytest.mark.parametrize("notice", [announced, silently])
def test_51_scans_are_there_after_a_backup_of_20_was_put_back(
    notice, database, event, laptop_at, save
):
    codes = factories.badges(database, event, 51)
    laptop = laptop_at("Porte 1")
    laptop.rounds()
    before = [laptop.scan(code).kind for code in codes[:20]]
    restore = save()
    after = [laptop.scan(code).kind for code in codes[20:]]
    restore()
    lost = counts(database)
    notice(database)

    laptop.rounds()

    assert (set(before + after), lost) == ({Kind.ADMITTED}, (20, 20, 20))
    assert counts(database) == (51, 51, 51)
    assert conflicts(database) == []
    assert laptop.to_offer == 0
    assert OfferedAgain(51) in laptop.told


def test_a_live_scan_is_enough_to_find_out_that_a_database_was_put_back(
    database, event, laptop_at, save
):
    """Others have scanned meanwhile, so that its number is higher than any that was lost."""
    codes = factories.badges(database, event, 10)
    laptop, other = laptop_at("Porte 1"), laptop_at("Porte 2")
    for one in (laptop, other):
        one.rounds()
    restore = save()
    for code in codes[:3]:
        laptop.scan(code)
    restore()
    for code in codes[3:9]:
        other.scan(code)

    laptop.scan(codes[9])
    laptop.rounds()

    assert counts(database) == (10, 10, 10)


@pytest.mark.parametrize("notice", [announced, silently])
def test_a_badge_that_was_passed_back_is_not_admitted_again(
    notice, database, event, laptop_at, save
):
    code = factories.a_badge(database, event)
    laptop = laptop_at()
    laptop.rounds()
    restore = save()
    laptop.scan(code)
    restore()
    notice(database)
    laptop.courier.round()  # its heartbeat is not due: it does not know of the restore yet

    laptop.rounds()
    again = laptop.scan(code)

    assert again.kind == Kind.ALREADY
    assert counts(database)[2] == 1


def test_the_same_gate_says_so_before_it_has_offered_anything(database, event, laptop_at, save):
    code = factories.a_badge(database, event)
    laptop = laptop_at()
    laptop.rounds()
    restore = save()
    laptop.scan(code)
    restore()
    announced(database)
    laptop.courier._next_status = float("-inf")
    laptop.courier._heartbeat()

    assert laptop.scan(code).kind == Kind.ALREADY


def test_what_was_offered_is_not_offered_again_to_the_same_epoch(database, event, laptop_at, save):
    laptop = laptop_at()
    restore = save()
    laptop.scan(factories.a_badge(database, event))
    restore()
    announced(database)
    laptop.rounds()
    laptop.line.asked.clear()

    laptop.rounds()

    assert [one for one in laptop.line.asked if "batch" in one] == []


def test_each_restore_is_offered_everything_once_more(database, event, laptop_at, save):
    codes = factories.badges(database, event, 6)
    laptop = laptop_at()
    laptop.rounds()
    restores = []
    for code in codes:
        restores.append(save())
        laptop.scan(code)
    for restore in (restores[4], restores[0], restores[5], restores[2]):
        restore()
        laptop.rounds()
        assert counts(database) == (6, 6, 6)


def test_a_restart_of_the_laptop_changes_nothing(database, event, laptop_at, save):
    codes = factories.badges(database, event, 4)
    laptop = laptop_at()
    laptop.rounds()
    restore = save()
    for code in codes:
        laptop.scan(code)
    laptop.close()
    laptop.open()
    restore()

    laptop.rounds()

    assert counts(database) == (4, 4, 4)


@pytest.mark.parametrize("notice", [announced, silently])
def test_a_list_is_not_called_new_because_its_number_is_the_same(
    notice, database, event, laptop_at, save
):
    laptop = laptop_at()
    laptop.rounds()
    restore = save()
    factories.a_badge(database, event, "Lost Person")
    laptop.rounds()
    restore()
    notice(database)
    laptop.rounds(1)
    code = factories.a_badge(database, event, "Registered Meanwhile")

    laptop.rounds()
    laptop.line.is_cut = True
    verdict = laptop.scan(code)

    assert verdict.participant["name"] == "Registered Meanwhile"
    assert verdict.kind == Kind.PENDING


def test_somebody_with_the_number_of_a_lost_person_is_not_taken_for_them(
    database, event, laptop_at, save
):
    laptop = laptop_at()
    laptop.rounds()
    restore = save()
    laptop.scan(factories.a_badge(database, event, "Lost Person"))
    restore()
    code = factories.a_badge(database, event, "Has The Same Number")
    laptop.rounds()
    laptop.line.is_cut = True

    assert laptop.scan(code).kind == Kind.PENDING


def test_a_lost_registration_is_history_of_its_delegation_and_a_conflict(
    database, event, laptop_at, save
):
    delegation = factories.a_delegation(database, event)
    laptop = laptop_at()
    laptop.rounds()
    restore = save()
    laptop.scan(factories.a_badge(database, event, "Lost Person"))
    restore()
    announced(database)

    laptop.rounds()

    with database.read() as session:
        lost = session.execute(select(Scan.lost_delegation_id, Scan.participant_id)).all()
    assert lost == [(delegation.id, None)]
    assert conflicts(database) == ["invalid"]


def test_numbers_go_on_from_much_higher(database, event):
    before = factories.a_participant(database, event, "Before").participant_id
    announced(database)
    after = factories.a_participant(database, event, "After").participant_id
    gate = factories.a_new_device(database, event, "Porte 9").gate_id

    assert (before, after - before >= JUMP, gate >= JUMP) == (before, True, True)


def test_a_server_that_took_an_epoch_by_itself_says_so(database, event, laptop_at, save):
    laptop = laptop_at()
    restore = save()
    laptop.scan(factories.a_badge(database, event))
    restore()

    laptop.rounds()
    laptop.rounds()

    with database.read() as session:
        causes = session.scalars(select(Epoch.cause).order_by(Epoch.id)).all()
    assert causes == [EpochCause.FIRST, EpochCause.BEHIND]
    assert factories.noted(database, "backup") == ["backup.restored"]


def test_two_gates_that_know_of_a_lost_epoch_cost_one_new_one(database, event, laptop_at, save):
    first, second = laptop_at("Porte 1"), laptop_at("Porte 2")
    first.rounds(), second.rounds()
    restore = save()
    announced(database)
    first.app.extensions[EXTENSION].devices.forget()
    first.rounds(), second.rounds()
    restore()

    for _ in range(3):
        first.rounds(1), second.rounds(1)

    with database.read() as session:
        causes = session.scalars(select(Epoch.cause).order_by(Epoch.id)).all()
    assert causes == [EpochCause.FIRST, EpochCause.HEARD, EpochCause.BEHIND]


def test_what_was_taken_back_stays_taken_back(database, event, laptop_at, save):
    laptop = laptop_at()
    laptop.rounds()
    restore = save()
    verdict = laptop.scan(factories.a_badge(database, event))
    laptop.courier._annul(verdict.scan.scan_id, "passed back")
    restore()
    announced(database)

    laptop.rounds()

    assert counts(database) == (1, 1, 0)


def test_refused_scans_are_offered_too(database, event, laptop_at, save):
    code = factories.a_badge(database, event)
    laptop = laptop_at()
    laptop.rounds()
    restore = save()
    laptop.scan(code)
    laptop.scan(code)
    restore()
    announced(database)

    laptop.rounds()

    with database.read() as session:
        reasons = session.scalars(select(Scan.reason).order_by(Scan.id)).all()
    assert (reasons, conflicts(database)) == ([None, "already_redeemed"], [])


def test_a_walk_in_of_a_gate_without_the_network_is_registered_again(
    database, event, laptop_at, save
):
    delegation = factories.a_delegation(database, event)
    lending.keep_places(database, delegation.id, 5)
    factories.a_category(database, event)
    laptop = laptop_at()
    laptop.rounds()
    restore = save()
    laptop.line.is_cut, laptop.gate.link.online = True, False
    of = {"id": delegation.id, "name": delegation.name}
    verdict = laptop.courier.admit(Newcomer.named("Omar Sans Badge", of))
    laptop.line.is_cut = False
    laptop.rounds()
    before = names(database), counts(database)
    restore()
    announced(database)
    gone = names(database)

    laptop.rounds()

    assert verdict.kind == Kind.PENDING
    assert before == (["Omar Sans Badge"], (1, 1, 1))
    assert (gone, names(database), counts(database)) == ([], ["Omar Sans Badge"], (1, 1, 1))
    assert conflicts(database) == []


def test_a_walk_in_whom_the_server_had_registered_at_once_is_registered_again(
    database, event, laptop_at, save
):
    delegation = factories.a_delegation(database, event)
    lending.keep_places(database, delegation.id, 5)
    factories.a_category(database, event)
    laptop = laptop_at()
    laptop.rounds()
    restore = save()
    of = {"id": delegation.id, "name": delegation.name}
    laptop.scan(laptop.requests.register_walk_in(Newcomer.named("Omar Sans Badge", of)))
    before = names(database), counts(database)
    on_its_disk = b"".join(file.read_bytes() for file in laptop.folder.glob("spool*"))
    restore()
    announced(database)
    gone = names(database)

    laptop.rounds()

    assert before == (["Omar Sans Badge"], (1, 1, 1))
    assert (gone, names(database), counts(database)) == ([], ["Omar Sans Badge"], (1, 1, 1))
    assert conflicts(database) == []
    assert b"Omar" not in on_its_disk


def test_a_registered_walk_in_that_a_restore_has_kept_stays_one_person(
    database, event, laptop_at, save
):
    delegation = factories.a_delegation(database, event)
    lending.keep_places(database, delegation.id, 5)
    factories.a_category(database, event)
    laptop = laptop_at()
    laptop.rounds()
    of = {"id": delegation.id, "name": delegation.name}
    laptop.scan(
        laptop.requests.register_walk_in(Newcomer.named("Omar Sans Badge", of, phone="0612345678"))
    )
    restore = save()
    restore()
    announced(database)

    laptop.rounds()

    assert (names(database), counts(database)) == (["Omar Sans Badge"], (1, 1, 1))


def names(database):
    with database.read() as session:
        return session.scalars(select(Participant.name)).all()


def test_nothing_is_kept_of_an_event_that_is_over(database, event, laptop_at):
    over = datetime.now(UTC) - timedelta(days=8)
    laptop = laptop_at()
    laptop.rounds()
    laptop.scan(factories.a_badge(database, event))

    def end(session):
        found = session.get_one(Event, event.id)
        found.starts_at, found.ends_at = over - timedelta(hours=4), over
        set_days(session, found)
        next_list_version(session, event.id)

    factories.write(database, end)
    laptop.rounds()

    assert laptop.gate.spool.acknowledged._file.number("SELECT count(*) FROM acknowledged") == 0
