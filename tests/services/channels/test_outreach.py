"""Badges sent from a coordinator's telephone: who is next, marks that stay, who is skipped."""

from __future__ import annotations

import pytest

from checkin.db.models import Role, SharedBy
from checkin.errors import Conflict, NotFound
from checkin.services.badges.issue import reissue_badge
from checkin.services.channels.outreach import (
    Audience,
    Counts,
    Shared,
    ask_for_outreach,
    counts_of,
    mark_shared,
    next_people,
    shared_people,
    unmark_shared,
    without_number,
)
from tests.support import factories
from tests.support.factories import NOW, minutes, write
from tests.support.racing import race
from tests.web.browsing import an_operator


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event)


@pytest.fixture
def coordinator(database, delegation):
    return an_operator(database, Role.COORDINATOR, delegation_id=delegation.id).id


@pytest.fixture
def people(database, event, delegation):
    """Three people with a number, one without, and one whom an e-mail is on its way to."""
    factories.a_participant(database, event, "Nadia Fassi", delegation=delegation)
    factories.a_participant(
        database,
        event,
        "Omar Tazi",
        delegation=delegation,
        email="o@example.org",
        phone="+212600000009",
    )
    return [
        factories.a_participant(
            database, event, name, delegation=delegation, phone=f"+21260000000{number}"
        )
        for number, name in enumerate(("Amina Alaoui", "Bahia Idrissi", "Chama Berrada"))
    ]


def names(database, event, delegation, **more):
    with database.read() as session:
        audience = Audience(delegation, everybody=more.pop("everybody", False))
        found = next_people(session, event, audience, limit=9, **more)
        return [one.person.name for one in found]


def mark(database, delegation, person, coordinator, at=NOW, by=SharedBy.WHATSAPP):
    return write(
        database,
        lambda s: mark_shared(
            s,
            delegation,
            person.participant_id,
            person.badge_id,
            by,
            operator_id=coordinator,
            now=at,
        ),
    )


def test_people_without_a_badge_come_by_name_and_who_has_no_number_is_skipped(
    database, event, delegation, people
):
    assert names(database, event, delegation) == ["Amina Alaoui", "Bahia Idrissi", "Chama Berrada"]
    with database.read() as session:
        audience = Audience(delegation)
        assert counts_of(session, event, audience) == Counts(shared=0, left=3, without_number=1)
        assert [one.name for one in without_number(session, event, audience)] == ["Nadia Fassi"]


def test_everybody_is_also_who_gets_an_email(database, event, delegation, people):
    assert "Omar Tazi" in names(database, event, delegation, everybody=True)


def test_a_mark_says_who_sent_it_when_and_how_and_the_next_one_comes(
    database, event, delegation, people, coordinator
):
    assert mark(database, delegation, people[0], coordinator, by=SharedBy.SMS)

    assert names(database, event, delegation) == ["Bahia Idrissi", "Chama Berrada"]
    with database.read() as session:
        [shared] = shared_people(session, event, delegation)
        assert counts_of(session, event, Audience(delegation)) == Counts(1, 2, 1)
    assert shared == Shared(shared.person, NOW, SharedBy.SMS, "Poste coordinator")
    assert shared.person.id == people[0].participant_id
    assert factories.noted(database, "participant")[-1] == "participant.share_badge"


def test_who_is_left_for_later_comes_behind_the_others(database, event, delegation, people):
    after = people[0].participant_id

    found = names(database, event, delegation, after=after)

    assert found == ["Bahia Idrissi", "Chama Berrada", "Amina Alaoui"]


def test_a_mark_stays_with_the_first_who_made_it(database, event, delegation, people, coordinator):
    mark(database, delegation, people[0], coordinator)

    assert not mark(database, delegation, people[0], coordinator, at=NOW + minutes(5))
    with database.read() as session:
        assert [one.at for one in shared_people(session, event, delegation)] == [NOW]


def test_a_mark_that_was_a_mistake_is_taken_back(database, event, delegation, people, coordinator):
    mark(database, delegation, people[0], coordinator)

    who = {"operator_id": coordinator, "now": NOW}
    for _ in range(2):
        write(database, lambda s: unmark_shared(s, delegation, people[0].participant_id, **who))

    assert names(database, event, delegation)[0] == "Amina Alaoui"


def test_who_has_asked_for_their_badge_comes_first_even_if_it_was_sent_before(
    database, event, delegation, people, coordinator
):
    mark(database, delegation, people[2], coordinator)
    later = NOW + minutes(5)
    write(database, lambda s: ask_for_outreach(s, event.id, people[2].participant_id, later))

    assert names(database, event, delegation)[0] == "Chama Berrada"
    assert mark(database, delegation, people[2], coordinator, at=later + minutes(1))
    assert "Chama Berrada" not in names(database, event, delegation)


def test_a_new_badge_is_to_be_sent_again(database, event, delegation, people, coordinator):
    mark(database, delegation, people[0], coordinator)
    write(
        database,
        lambda s: reissue_badge(
            s, s.merge(event), people[0].participant_id, keys=factories.KEYS, reason="lost", now=NOW
        ),
    )

    assert names(database, event, delegation)[0] == "Amina Alaoui"
    with pytest.raises(Conflict):
        mark(database, delegation, people[0], coordinator)


def test_who_has_come_is_no_longer_on_the_list(database, event, delegation, device, people):
    factories.scan(database, device, factories.code_of(event, people[0].badge_id))

    assert names(database, event, delegation) == ["Bahia Idrissi", "Chama Berrada"]


def test_somebody_of_another_delegation_cannot_be_marked(database, event, people, coordinator):
    other = factories.a_delegation(database, event, "Salé")

    with pytest.raises(NotFound):
        mark(database, other, people[0], coordinator)


@pytest.mark.parametrize("has_asked", [False, True])
def test_two_coordinators_who_mark_one_person_at_once_make_one_mark(
    database, event, delegation, people, coordinator, has_asked
):
    before, amina = NOW - minutes(5), people[0]
    if has_asked:  # then their row is there already
        write(database, lambda s: ask_for_outreach(s, event.id, amina.participant_id, before))

    made = race(8, lambda _at: mark(database, delegation, amina, coordinator))

    assert sorted(made) == [False] * 7 + [True]
    assert factories.noted(database, "participant").count("participant.share_badge") == 1
