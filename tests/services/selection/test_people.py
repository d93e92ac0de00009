"""The list of people: filters, orders and pages, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from checkin.db.models import Message, MessageState, Participant
from checkin.domain.people.selection import Selection, Sort, Standing
from checkin.services.common.keyset import Turn
from checkin.services.mail.delivery_report import Delivery
from checkin.services.people.buses import assign_people
from checkin.services.people.registering.blocking import block
from checkin.services.people.registering.registration import cancel
from checkin.services.selection.people import (
    PAGE_SIZE,
    Asked,
    Column,
    count_of_people,
    people_chosen,
    people_page,
)
from tests.support import factories
from tests.support.factories import NOW, minutes, write


def page_of(database, event, chosen=None, *, turn=None, seen_at=None, columns=()):
    asked = Asked(
        selection=chosen or Selection(), turn=turn or Turn(), seen_at=seen_at, columns=columns
    )
    with database.read() as session:
        return people_page(session, event, asked)


def names(page):
    return [one.participant.name for one in page.people]


def chosen(database, event, seen_at=None, **filters):
    """The names of whom a selection chooses, by the list and by the ids of all of them."""
    selection = Selection(**filters)
    page = page_of(database, event, selection, seen_at=seen_at)
    with database.read() as session:
        ids = people_chosen(session, event, selection, seen_at=seen_at)
        count = count_of_people(session, event, selection, seen_at=seen_at)
    assert sorted(one.participant.id for one in page.people) == list(ids)
    assert (page.total, len(page.people)) == (count, count)
    return names(page)


def test_pages_hold_everybody_once_in_the_order_of_names_in_both_directions(database, event):
    factories.badges(database, event, 2 * PAGE_SIZE + 3)

    first = page_of(database, event)
    second = page_of(database, event, turn=Turn(after=first.people[-1].participant.id))
    third = page_of(database, event, turn=Turn(after=second.people[-1].participant.id))
    last = page_of(database, event, turn=Turn(is_last=True))
    back = page_of(database, event, turn=Turn(before=third.people[0].participant.id))

    ids = [one.participant.id for page in (first, second, third) for one in page.people]
    assert len(set(ids)) == len(ids) == first.total == 2 * PAGE_SIZE + 3
    assert [(p.has_previous, p.has_next) for p in (first, second, third, last, back)] == [
        (False, True),
        (True, True),
        (True, False),
        (True, False),
        (True, True),
    ]
    assert names(back) == names(second)
    assert names(last) == sorted([*names(second), *names(third)])[-PAGE_SIZE:]


def test_a_page_after_somebody_who_is_no_longer_listed_begins_where_they_stood(database, event):
    for name in ("Amina", "Bahia", "Chafik"):
        factories.a_participant(database, event, name)
    write(database, lambda s: cancel(s, event, 2, now=NOW))

    page = page_of(database, event, Selection(standing=Standing.CONFIRMED), turn=Turn(after=2))

    assert names(page) == ["Chafik"]
    assert names(page_of(database, event, turn=Turn(after=999))) == ["Amina", "Bahia", "Chafik"]


@pytest.fixture
def people(database, event, device):
    """Six people who differ by everything that a list is filtered by."""
    khemisset = factories.a_delegation(database, event, "Khémisset", quota=3)
    sale = factories.a_delegation(database, event, "Salé")
    official = factories.a_category(database, event, "Élu")
    made = {
        "Amina": factories.a_participant(
            database, event, "Amina", delegation=khemisset, email="amina@example.org"
        ),
        "Bahia": factories.a_participant(
            database, event, "Bahia", delegation=khemisset, category=official, phone="+212612345678"
        ),
        "Chafik": factories.a_participant(database, event, "Chafik", delegation=khemisset),
        "Driss": factories.a_participant(database, event, "Driss", delegation=khemisset),
        "Émilie": factories.a_participant(database, event, "Émilie", delegation=sale),
        "Fouad": factories.a_participant(database, event, "Fouad", delegation=sale),
    }
    ids = {name: one.participant_id for name, one in made.items()}
    factories.scan(database, device, factories.code_of(event, made["Bahia"].badge_id))
    code = factories.code_of(event, made["Fouad"].badge_id)
    factories.scan(database, device, code, at=NOW + minutes(5))
    write(database, lambda s: cancel(s, event, ids["Émilie"], now=NOW))
    write(database, lambda s: block(s, event, ids["Fouad"], reason="x", operator_id=None, now=NOW))
    bus = factories.a_bus(database, khemisset)
    write(database, lambda s: assign_people(s, s.merge(bus), [ids["Chafik"]], now=NOW))
    write(
        database,
        lambda s: s.execute(
            update(Participant).where(Participant.id == ids["Chafik"]).values(flags="VIP")
        ),
    )
    return {
        **ids,
        "khemisset": khemisset.id,
        "sale": sale.id,
        "official": official.id,
        "bus": bus.id,
        "code": factories.code_of(event, made["Amina"].badge_id),
    }


def test_each_filter_leaves_those_who_are_meant(database, event, people):
    def found(**filters):
        return chosen(database, event, **filters)

    assert found(delegation=people["sale"]) == ["Émilie", "Fouad"]
    assert found(category=people["official"]) == ["Bahia"]
    assert found(standing=Standing.CONFIRMED) == ["Amina", "Bahia", "Chafik", "Fouad"]
    assert found(standing=Standing.RESERVE) == ["Driss"]
    assert found(standing=Standing.CANCELED) == ["Émilie"]
    assert found(standing=Standing.BLOCKED) == ["Fouad"]
    assert found(standing=Standing.TO_CHECK) == []
    assert found(arrived=True) == ["Bahia", "Fouad"]
    assert found(arrived=False, standing=Standing.CONFIRMED) == ["Amina", "Chafik"]
    assert found(bus="any") == ["Chafik"]
    assert found(bus="none", delegation=people["khemisset"]) == ["Amina", "Bahia", "Driss"]
    assert found(bus=str(people["bus"])) == ["Chafik"]
    assert found(flagged=True) == ["Chafik"]
    assert found(flagged=False, delegation=people["sale"]) == ["Émilie", "Fouad"]


def test_a_search_finds_by_name_contact_number_and_code(database, event, people):
    for text in (
        "amina@example.org",
        people["code"].lower(),
        str(people["Amina"]),
        f"n° {people['Amina']}",
        "AMÍNA",
        "emina",
    ):
        assert chosen(database, event, text=text) == ["Amina"], text
    for text in ("06 12 34 56 78", "5678", "+212612345678"):
        assert chosen(database, event, text=text) == ["Bahia"], text
    assert chosen(database, event, text="nobody@example.org") == []
    assert chosen(database, event, text="bahia", delegation=people["sale"]) == []


def test_deliveries_are_those_of_the_delivery_page(database, event, people):
    def found(delivered):
        return chosen(database, event, delivered=delivered)

    assert found("queued") == ["Amina"]
    assert found("no_address") == ["Bahia", "Chafik", "Fouad"]
    assert found("unreached") == ["Bahia", "Chafik", "Fouad"]
    write(database, lambda s: s.execute(update(Message).values(state=MessageState.BOUNCED)))
    assert found("bounced") == ["Amina"]
    assert found("unreached") == ["Amina", "Bahia", "Chafik", "Fouad"]
    page = page_of(database, event, columns=[Column.DELIVERY, Column.BUS])
    assert {one.participant.name: (one.delivery, one.bus) for one in page.people} == {
        "Amina": (Delivery.BOUNCED, None),
        "Bahia": (Delivery.NO_ADDRESS, None),
        "Chafik": (Delivery.NO_ADDRESS, "Car 1"),
        "Driss": (None, None),
        "Émilie": (None, None),
        "Fouad": (Delivery.NO_ADDRESS, None),
    }


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("sort", list(Sort))
def test_every_order_turns_its_pages_in_both_directions(database, event, people, sort, down):
    selection = Selection(sort=sort, down=down)
    whole = [one.participant.id for one in page_of(database, event, selection).people]

    for at, number in enumerate(whole):
        behind = page_of(database, event, selection, turn=Turn(after=number))
        before = page_of(database, event, selection, turn=Turn(before=number))
        assert [one.participant.id for one in behind.people] == whole[at + 1 :]
        assert [one.participant.id for one in before.people] == whole[:at]


def test_orders_are_by_what_they_say_and_who_has_not_come_is_last(database, event, people):
    def found(sort, *, down=False):
        return names(page_of(database, event, Selection(sort=sort, down=down)))

    assert found(Sort.NUMBER, down=True)[0] == "Fouad"
    assert found(Sort.DELEGATION)[-2:] == ["Émilie", "Fouad"]
    assert found(Sort.CATEGORY)[0] == "Bahia"
    assert found(Sort.ARRIVED)[:2] == ["Bahia", "Fouad"]
    assert found(Sort.ARRIVED, down=True)[:2] == ["Fouad", "Bahia"]


def test_a_coordinator_does_not_learn_who_is_to_be_checked(database, event, people):
    write(
        database,
        lambda s: s.execute(
            update(Participant)
            .where(Participant.id == people["Émilie"])
            .values(unchecked_as="confirmed")
        ),
    )

    assert chosen(database, event, standing=Standing.TO_CHECK) == ["Émilie"]
    assert chosen(database, event, standing=Standing.CANCELED) == []
    seen = chosen(database, event, seen_at=NOW, standing=Standing.CONFIRMED)
    assert "Émilie" in seen
    assert chosen(database, event, seen_at=NOW, delivered="queued") == ["Amina"]


def test_a_person_who_arrived_is_listed_once_with_the_moment(database, event, people):
    page = page_of(database, event, Selection(arrived=True))

    assert [(one.participant.name, one.arrived_at) for one in page.people] == [
        ("Bahia", NOW),
        ("Fouad", NOW + minutes(5)),
    ]


def test_a_merged_record_is_not_listed_and_finds_the_person_who_is_kept(database, event, people):
    with database.read() as session:
        assert session.scalars(select(Participant.merged_into)).all() == [None] * 6
    write(
        database,
        lambda s: s.execute(
            update(Participant)
            .where(Participant.id == people["Émilie"])
            .values(merged_into=people["Amina"], email="autre@example.org")
        ),
    )

    assert "Émilie" not in chosen(database, event)
    assert chosen(database, event, text="autre@example.org") == ["Amina"]
