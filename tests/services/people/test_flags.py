"""Flags reach people one by one, in lists and many at once, and from there every gate."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Badge, Flag, Participant
from checkin.domain.common.problems import FieldProblem, InvalidValue
from checkin.domain.people.flags import FlagDetails, FlagSymbol
from checkin.services.board.flagged import flagged_arrivals, pages_of
from checkin.services.people.flags import change_flag, flag_many, remove_flag, uses_of_flags
from tests.support import factories
from tests.support.factories import NOW, minutes, write

WHO = {"operator_id": None, "now": NOW}


@pytest.fixture
def flag_id(database, event):
    factories.a_flag(database, event)
    with database.read() as session:
        return session.scalars(select(Flag.id)).one()


def flags(database):
    with database.read() as session:
        rows = session.execute(select(Participant.name, Participant.flags).order_by(Participant.id))
        return {row.name: row.flags for row in rows}


def test_a_flag_that_the_event_lacks_is_refused_with_those_like_it(database, event, flag_id):
    with pytest.raises(FieldProblem) as caught:
        factories.a_participant(database, event, flags="VYP")

    assert (caught.value.problem.code, caught.value.problem.hints) == ("unknown_flag", ("VIP",))
    factories.a_participant(database, event, flags="VIP")
    assert flags(database) == {"Amina Alaoui": "VIP"}


def test_a_flag_is_given_to_a_category_of_a_delegation_and_taken_away_again(
    database, event, flag_id
):
    factories.a_flag(database, event, "Rang", page=None, sentence="")
    tiflet = factories.a_delegation(database, event, "Tiflet")
    official = factories.a_category(database, event, "Élu")
    for name, more in (("Ali", {}), ("Driss", {"category": official, "flags": "Rang 3"})):
        factories.a_participant(database, event, name, delegation=tiflet, **more)
    factories.a_participant(database, event, "Zineb", category=official)
    before = badge_versions(database)

    chosen = {"delegation_id": tiflet.id, "category_id": official.id}
    given = write(database, lambda s: flag_many(s, event, flag_id, **chosen, **WHO))

    assert (given, flags(database)) == (1, {"Ali": None, "Driss": "Rang 3; VIP", "Zineb": None})
    assert [old < new for old, new in zip(before, badge_versions(database), strict=True)] == [
        False,
        True,
        False,
    ]
    taken = write(database, lambda s: flag_many(s, event, flag_id, taken_away=True, **WHO))
    assert (taken, flags(database)["Driss"]) == (1, "Rang 3")


def badge_versions(database):
    with database.read() as session:
        return session.scalars(select(Badge.list_version).order_by(Badge.participant_id)).all()


def test_who_has_as_many_flags_as_a_volunteer_reads_gets_no_other(database, event, flag_id):
    for number in range(4):
        factories.a_flag(database, event, f"Zone {'ABCD'[number]}", page=None)
    factories.a_participant(database, event, flags="Zone A; Zone B; Zone C; Zone D")

    assert write(database, lambda s: flag_many(s, event, flag_id, **WHO)) == 0


def test_only_a_flag_that_nobody_has_is_deleted(database, event, flag_id):
    factories.a_participant(database, event, flags="vip")
    with database.read() as session:
        assert uses_of_flags(session, event) == {"VIP": 1}
    with pytest.raises(InvalidValue):
        write(database, lambda s: remove_flag(s, event, flag_id, **WHO))

    write(database, lambda s: flag_many(s, event, flag_id, taken_away=True, **WHO))
    write(database, lambda s: remove_flag(s, event, flag_id, **WHO))

    with database.read() as session:
        assert session.scalars(select(Flag)).all() == []


def test_the_log_names_flags_and_how_many_people_and_nobody(database, event, flag_id):
    factories.a_participant(database, event)
    write(database, lambda s: flag_many(s, event, flag_id, **WHO))

    with database.read() as session:
        [told] = session.scalars(select(Activity.details).where(Activity.action == "flag.many"))
    assert told == {"name": "VIP", "people": 1, "taken_away": False}


def test_the_page_of_a_flag_is_told_of_arrivals_and_of_late_news(database, event, flag_id):
    factories.a_flag(database, event, "Rang", page=None, sentence="")
    device = factories.a_device(database, event)
    codes = [
        factories.a_badge(database, event, name, flags=text)
        for name, text in (("Amina", "VIP"), ("Driss", "VIP; Rang 2"), ("Ali", "Rang 2"))
    ]
    for code in codes[:1] + codes[2:]:
        factories.scan(database, device, code)
    late = factories.a_reading(codes[1], at=NOW - minutes(20), received_at=NOW)
    factories.record(database, device, late)

    with database.read() as session:
        told = flagged_arrivals(session, event.id)
        pages = pages_of(session, event.id)

    assert pages == ["Protocole"]
    assert [(one.name, one.at, one.told_at) for one in told] == [
        ("Driss", NOW - minutes(20), NOW),
        ("Amina", NOW, None),
    ]
    assert [flag.sentence for flag in told[0].flags] == ["Appeler le protocole"]


def test_what_gates_say_of_a_flag_changes_for_everybody_who_has_it(database, event, flag_id):
    factories.a_participant(database, event, flags="VIP")
    before = badge_versions(database)
    details = FlagDetails(name="VIP", symbol=FlagSymbol.CALL, sentence="Appeler Nadia")

    write(database, lambda s: change_flag(s, event, flag_id, details, **WHO))

    assert badge_versions(database)[0] > before[0]
