"""Webhooks are told of a merge, and of the taking back of one, as of what has changed by it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import WebhookDelivery
from checkin.domain.integrations.webhooks import WebhookKind
from checkin.services.people.registering.registration import cancel
from tests.services.scanning.merged import LATER, MUCH_LATER, merge, take_back
from tests.support import factories
from tests.support.factories import NOW, minutes, write
from tests.support.others.webhook_receiver import a_webhook, receiver


@pytest.fixture
def hook(database, event):
    """A webhook that is told everything; nothing is sent."""
    with receiver() as running:
        a_webhook(database, event, running, *WebhookKind)
        yield running


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event, "Salé", quota=5)


@pytest.fixture
def elsewhere(database, event):
    return factories.a_delegation(database, event, "Tiflet", quota=1)


@pytest.fixture
def amina(database, event, delegation):
    return factories.a_participant(database, event, "Amina Alaoui", delegation=delegation)


@pytest.fixture
def again(database, event, elsewhere):
    return factories.a_participant(database, event, "Emina Allaoui", delegation=elsewhere)


def told(database, since):
    """Return the kind and the data of what was queued since a moment, in the order of time."""
    with database.read() as session:
        rows = session.scalars(
            select(WebhookDelivery)
            .where(WebhookDelivery.happened_at >= since)
            .order_by(WebhookDelivery.happened_at, WebhookDelivery.id)
        ).all()
    return [(str(row.kind), row.data) for row in rows]


def registration(person, delegation, status, **more):
    return {
        "participant_id": person.participant_id,
        "delegation_id": delegation.id,
        "category_id": 1,
        "status": status,
        **more,
    }


def arrival(person, delegation, gate, **more):
    return {
        "participant_id": person.participant_id,
        "delegation_id": delegation.id,
        "gate_id": gate.gate_id,
        "day": 1,
        **more,
    }


def code(event, person):
    return factories.code_of(event, person.badge_id)


def test_a_merge_cancels_the_other_record_and_names_the_kept_one(
    database, event, hook, amina, again, elsewhere
):
    merge(database, event, amina.participant_id, again.participant_id)
    take_back(database, event, again.participant_id)

    kept = amina.participant_id
    assert told(database, LATER) == [
        (
            "participant.canceled",
            registration(again, elsewhere, "canceled", merged_into=kept),
        ),
        ("participant.registered", registration(again, elsewhere, "confirmed")),
    ]


def test_merging_the_same_two_again_tells_nothing(database, event, hook, amina, again):
    merge(database, event, amina.participant_id, again.participant_id)
    merge(
        database,
        event,
        amina.participant_id,
        again.participant_id,
        at=MUCH_LATER,
        kept=amina.participant_id,
    )

    assert told(database, MUCH_LATER) == []


def test_a_kept_record_with_another_status_is_told_and_so_is_its_return(
    database, event, device, hook, again, elsewhere
):
    waited = factories.a_participant(database, event, "Mina Alaoui", delegation=elsewhere)
    by = {"force_reason": "connue", "forced_by": factories.a_supervisor(database)}
    factories.record(database, device, factories.a_reading(code(event, waited), **by))

    kept = merge(database, event, again.participant_id, waited.participant_id)
    merged = told(database, LATER)
    take_back(database, event, again.participant_id)

    assert kept == waited.participant_id
    assert merged == [
        ("participant.canceled", registration(again, elsewhere, "canceled", merged_into=kept)),
        ("participant.registered", registration(waited, elsewhere, "confirmed")),
    ]
    assert told(database, MUCH_LATER) == [
        ("participant.registered", registration(again, elsewhere, "confirmed")),
        ("participant.registered", registration(waited, elsewhere, "reserve")),
    ]


def test_a_record_that_was_canceled_before_is_canceled_again_without_the_kept_one(
    database, event, hook, amina, again, elsewhere
):
    write(database, lambda s: cancel(s, event, again.participant_id, now=NOW))
    merge(database, event, amina.participant_id, again.participant_id)

    take_back(database, event, again.participant_id)

    assert told(database, MUCH_LATER) == [
        ("participant.canceled", registration(again, elsewhere, "canceled"))
    ]


def test_arrivals_of_both_are_one_and_are_two_again_when_the_merge_is_taken_back(
    database, event, device, hook, amina, again, delegation, elsewhere
):
    second = factories.a_device(database, event, "Porte 2")
    factories.scan(database, device, code(event, again), at=NOW)
    factories.scan(database, second, code(event, amina), at=NOW + minutes(5))
    first_at, second_at = "2025-06-14T14:30:00Z", "2025-06-14T14:35:00Z"

    kept = merge(database, event, amina.participant_id, again.participant_id)
    merged = told(database, LATER)
    take_back(database, event, again.participant_id)

    assert merged == [
        ("arrival.annulled", arrival(again, elsewhere, device)),
        ("arrival.annulled", arrival(amina, delegation, second)),
        ("participant.canceled", registration(again, elsewhere, "canceled", merged_into=kept)),
        ("participant.arrived", arrival(amina, delegation, device, arrived_at=first_at)),
    ]
    assert told(database, MUCH_LATER) == [
        ("arrival.annulled", arrival(amina, delegation, device)),
        ("participant.registered", registration(again, elsewhere, "confirmed")),
        ("participant.arrived", arrival(amina, delegation, second, arrived_at=second_at)),
        ("participant.arrived", arrival(again, elsewhere, device, arrived_at=first_at)),
    ]
