"""The worker confirms who waits when a place becomes free and nobody asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from checkin.db.models import (
    Delegation,
    Event,
    Job,
    JobState,
    Message,
    Participant,
    Sending,
)
from checkin.domain.scanning.leases import LIFETIME
from checkin.services.gates.leases import grant_lease
from checkin.services.mail.sender import set_sending
from checkin.services.people.quotas import set_quota
from checkin.settings import Settings
from checkin.worker.context import Tools
from checkin.worker.moving_up import move_people_up, tell_people
from tests.support import factories
from tests.support.factories import MASTER_KEY, NOW, minutes, write
from tests.support.servers.working import working
from tests.support.waiting import wait_for


@pytest.fixture
def waiting(database, event, device):
    """A place is lent, and somebody waits for it."""
    delegation = factories.a_delegation(database, event, quota=11)
    write(database, lambda s: grant_lease(s, device, now=NOW))
    people = [
        factories.a_participant(database, event, f"Omar {n}", delegation=delegation)
        for n in range(11)
    ]
    assert people[-1].reserve_no == 1
    return people[-1].participant_id


def tools_at(database, now, base_url=factories.BASE_URL):
    settings = Settings(home=Path(), base_url=base_url, mail_from="marhaba@example.org")
    return Tools(database, factories.KEYS, settings, lambda: now)


def standing(database, participant_id):
    with database.read() as session:
        return session.get_one(Participant, participant_id).standing


def test_who_waits_is_confirmed_once_the_lease_has_expired(database, waiting):
    move_people_up(tools_at(database, NOW + LIFETIME - minutes(1)))
    before = standing(database, waiting)

    move_people_up(tools_at(database, NOW + LIFETIME))

    assert (before, standing(database, waiting)) == ("reserve", "confirmed")


def test_who_came_in_from_the_reserve_list_is_confirmed_when_a_place_is_free(database):
    event = factories.an_event(database, reserve_from=NOW)
    delegation = factories.a_delegation(database, event, quota=1)
    codes = factories.badges(database, event, 2, delegation=delegation)
    factories.scan(database, factories.a_device(database, event), codes[1])
    write(database, lambda s: s.execute(update(Delegation).values(quota=3)))

    move_people_up(tools_at(database, NOW))

    with database.read() as session:
        assert session.scalars(select(Participant.standing)).all() == ["confirmed"] * 2


@pytest.mark.parametrize("over", [{"purged_at": NOW}, {"reserve_until": NOW + LIFETIME}])
def test_nobody_is_confirmed_in_an_event_that_is_over(database, waiting, over):
    write(database, lambda s: s.execute(update(Event).values(**over)))

    move_people_up(tools_at(database, NOW + LIFETIME))

    assert standing(database, waiting) == "reserve"


@pytest.mark.parametrize(
    ("base_url", "sendings"), [(factories.BASE_URL, 1), ("http://localhost:8000", 0)]
)
def test_who_moved_up_is_told_unless_only_this_machine_understands_the_address(
    database, waiting, base_url, sendings
):
    address = update(Participant).where(Participant.id == waiting).values(email="omar@example.org")
    write(database, lambda s: s.execute(address))

    move_people_up(tools_at(database, NOW + LIFETIME, base_url))
    tell_people(tools_at(database, NOW + LIFETIME, base_url))

    with database.read() as session:
        assert session.scalar(select(func.count(Message.id))) == 1
    assert jobs(database) == sendings


def jobs(database):
    with database.read() as session:
        return session.scalar(select(func.count(Job.id)))


def raised_quota(database, event):
    """Somebody moves up because an organiser raises a quota: a message is queued, and no more."""
    delegation = factories.a_delegation(database, event, quota=1)
    for person in ("Karim", "Omar"):
        factories.a_participant(
            database, event, person, delegation=delegation, email=f"{person}@example.org"
        )
    assert write(database, lambda s: set_quota(s, event, delegation.id, 2, now=NOW))


def test_who_moves_up_by_a_raised_quota_is_told_once(database, event):
    raised_quota(database, event)

    for _ in range(2):
        tell_people(tools_at(database, NOW))

    assert jobs(database) == 1


@pytest.mark.parametrize("why", ["ended before", "paused"])
def test_messages_that_a_sending_has_left_wait_for_a_person(database, event, why):
    raised_quota(database, event)
    if why == "paused":
        write(database, lambda s: set_sending(s, event, Sending.PAUSED, now=NOW, operator_id=None))
    else:
        tell_people(tools_at(database, NOW))
        end = {"state": JobState.CANCELED, "finished_at": NOW + minutes(1)}
        write(database, lambda s: s.execute(update(Job).values(**end)))
    before = jobs(database)

    tell_people(tools_at(database, NOW + minutes(2)))

    assert jobs(database) == before


def test_badges_that_nobody_has_had_sent_yet_are_not_sent(database, event):
    delegation = factories.a_delegation(database, event, quota=1)
    factories.a_participant(database, event, "Ali", delegation=delegation, email="ali@example.org")

    tell_people(tools_at(database, NOW))

    assert jobs(database) == 0


def test_places_kept_for_gates_stay_kept(database, event, waiting):
    write(database, lambda s: s.execute(update(Delegation).values(kept_places=1)))

    move_people_up(tools_at(database, NOW + LIFETIME))

    assert standing(database, waiting) == "reserve"


def test_a_running_worker_does_it_by_itself(database, database_url, tmp_path, waiting):
    # By the clock of today the lease has long expired, and the reserve list goes on.
    settings = Settings(home=tmp_path, database_url=database_url, master_key=MASTER_KEY.hex())

    with working(settings):
        wait_for(lambda: standing(database, waiting) == "confirmed", "the person to move up")

    with database.read() as session:
        assert session.scalars(select(Participant.reserve_no)).all() == [None] * 11
