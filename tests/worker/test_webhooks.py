"""Webhooks are told what has happened: each thing once, however their receivers fail."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from checkin.db.engine import in_transaction
from checkin.db.models import (
    Activity,
    DeliveryState,
    Job,
    Lane,
    Webhook,
    WebhookDelivery,
    WhyDisabled,
)
from checkin.domain.integrations.webhooks import WebhookKind
from checkin.services.common.outside_events import tell_webhooks_of_many
from checkin.services.gates.stops import lift_stop, stop_entries
from checkin.services.integrations.webhooks import (
    disable_webhook,
    enable_webhook,
    queue_test,
    remove_webhook,
    retry_failed,
)
from checkin.services.jobs.queue import claim
from checkin.services.people.registering.registration import cancel, reinstate
from checkin.services.scanning.annul import annul_scan
from checkin.settings import Settings
from checkin.worker import webhooks
from checkin.worker.context import Tools
from checkin.worker.kinds import KINDS
from checkin.worker.perform import perform
from checkin.worker.webhooks import deliver_to_webhooks
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.support.others.webhook_receiver import HERE, a_webhook, receiver

ALL = tuple(WebhookKind)


class Office:
    """A worker that does its jobs when it is told to, by a clock that it is told, too."""

    def __init__(self, database, allowed=HERE):
        self.now = NOW
        self.database = database
        settings = Settings(home=Path(), outgoing_allowed=allowed)
        self.tools = Tools(database, KEYS, settings, lambda: self.now)

    def beat(self):
        """Do what a worker does at a beat, and the jobs that it asks for."""
        deliver_to_webhooks(self.tools)
        while (claimed := in_transaction(self.database, self._claim)) is not None:
            perform(claimed, KINDS, self.tools, lambda: False)

    def _claim(self, session):
        return claim(session, Lane.MAIL, "test", KINDS, self.now)


@pytest.fixture(autouse=True)
def _without_lingering(monkeypatch):
    monkeypatch.setattr(webhooks, "LINGER_S", 0.0)


@pytest.fixture
def hook():
    with receiver() as running:
        yield running


@pytest.fixture
def office(database):
    return Office(database)


def deliveries(database):
    with database.read() as session:
        return session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()


def the_webhook(database):
    with database.read() as session:
        return session.scalars(select(Webhook)).one()


def test_what_happens_at_an_event_is_told_with_numbers_alone(database, event, hook, office):
    a_webhook(database, event, hook, *ALL)
    person = factories.a_participant(database, event, "Amina Alaoui", name_ar="أمينة العلوي")
    device = factories.a_device(database, event)
    scanned = factories.scan(database, device, factories.code_of(event, person.badge_id))
    write(
        database,
        lambda s: annul_scan(
            s, event_id=event.id, scan_id=scanned.scan_id, reason="x", now=NOW, device_id=device.id
        ),
    )
    write(database, lambda s: cancel(s, event, person.participant_id, now=NOW))
    write(database, lambda s: reinstate(s, event, person.participant_id, now=NOW))
    chief = factories.a_supervisor(database)
    said = dict.fromkeys(("fr", "ar", "en"), "Stop")
    write(database, lambda s: stop_entries(s, event, said, operator_id=chief, now=NOW))
    write(database, lambda s: lift_stop(s, event, operator_id=chief, now=NOW))

    office.beat()

    with database.read() as session:
        place = {
            "event": event.slug,
            "participant_id": person.participant_id,
            "delegation_id": session.scalar(select(factories.Delegation.id)),
        }
        gate_id = device.gate_id
        category_id = session.scalar(select(factories.Category.id))
    category = {"category_id": category_id}
    at_gate = {"gate_id": gate_id, "day": 1}
    told = sorted(((one["type"], one["data"]) for one in hook.taken), key=str)
    assert told == sorted(
        [
            ("participant.registered", {**place, **category, "status": "confirmed"}),
            ("participant.arrived", {**place, **at_gate, "arrived_at": "2025-06-14T14:30:00Z"}),
            ("arrival.annulled", {**place, **at_gate}),
            ("participant.canceled", {**place, **category, "status": "canceled"}),
            ("participant.registered", {**place, **category, "status": "confirmed"}),
            ("entries.stopped", {"event": event.slug}),
            ("entries.resumed", {"event": event.slug}),
        ],
        key=str,
    )
    assert (hook.forged, hook.ids.most_common(1)[0][1]) == (0, 1)


def test_names_are_told_where_they_were_ticked_and_never_kept_in_the_queue(
    database, event, hook, office
):
    a_webhook(database, event, hook, WebhookKind.REGISTERED, tells_names=True)
    factories.a_participant(database, event, "Amina Alaoui", name_ar="أمينة العلوي")
    [waiting] = deliveries(database)

    office.beat()

    assert "Amina" not in str(waiting.data)
    [told] = hook.taken
    assert told["data"]["participant"] == {"name": "Amina Alaoui", "name_ar": "أمينة العلوي"}
    assert told["data"]["delegation"] == {"name": "Khémisset", "name_ar": None}


def test_only_what_was_chosen_is_told(database, event, hook, office):
    a_webhook(database, event, hook, WebhookKind.CANCELED)
    factories.a_participant(database, event)

    office.beat()

    assert (deliveries(database), hook.taken) == ([], [])


def test_what_is_undone_is_not_told(database, event, hook):
    a_webhook(database, event, hook, WebhookKind.REGISTERED)

    class Undone(Exception):
        pass

    def work(session):
        tell_webhooks_of_many(
            session.connection(), event.id, WebhookKind.REGISTERED, NOW, [{"participant_id": 1}]
        )
        raise Undone

    with pytest.raises(Undone):
        write(database, work)

    assert deliveries(database) == []


def test_a_device_knows_whether_arrivals_are_told(database, event, hook):
    before = factories.a_device(database, event).tells_arrivals
    a_webhook(database, event, hook, WebhookKind.ARRIVED)

    assert (before, factories.a_device(database, event, "Porte B").tells_arrivals) == (False, True)


def test_a_failing_receiver_is_tried_again_with_the_same_id_after_a_pause(
    database, event, hook, office
):
    a_webhook(database, event, hook, WebhookKind.REGISTERED)
    factories.a_participant(database, event)
    hook.fails, hook.status = 1.0, 503

    office.beat()
    first = deliveries(database)[0]
    office.beat()
    tried_early = hook.tries
    hook.fails, office.now = 0.0, NOW + timedelta(seconds=10)
    office.beat()

    assert first.state == DeliveryState.QUEUED
    assert first.status in (503, None)
    assert NOW < first.next_try_at <= NOW + timedelta(seconds=6)
    assert tried_early == 1
    ids = {heard.headers["webhook-id"] for heard in hook.server.heard}
    assert (len(ids), len(hook.taken)) == (1, 1)
    assert deliveries(database)[0].state == DeliveryState.DELIVERED
    assert the_webhook(database).failing_since is None


def test_who_fails_for_a_day_is_disabled_and_the_rest_waits_until_it_is_enabled(
    database, event, hook, office
):
    webhook_id = a_webhook(database, event, hook, WebhookKind.REGISTERED)
    factories.a_participant(database, event)
    hook.fails = 1.0
    office.beat()
    office.now = NOW + timedelta(days=1, seconds=1)
    office.beat()
    disabled = the_webhook(database)
    factories.a_participant(database, event, "Omar Tazi")
    hook.fails = 0.0
    office.now += timedelta(days=1)
    office.beat()

    assert disabled.disabled_why == WhyDisabled.FAILING
    assert hook.taken == []
    with database.read() as session:
        logged = session.scalars(
            select(Activity.details).where(Activity.action == "webhook.disable")
        ).all()
    assert logged == [{"webhook": webhook_id, "why": "failing"}]

    write(
        database,
        lambda s: enable_webhook(s, event, webhook_id, operator_id=None, now=office.now),
    )
    office.beat()

    assert [one["type"] for one in hook.taken] == ["participant.registered"]


def test_a_receiver_that_is_gone_is_told_no_more(database, event, hook, office):
    a_webhook(database, event, hook, WebhookKind.REGISTERED)
    factories.a_participant(database, event)
    hook.fails, hook.status = 1.0, 410
    while the_webhook(database).disabled_why is None:  # some tries have no answer at all
        office.beat()
        office.now += timedelta(hours=1)

    assert the_webhook(database).disabled_why == WhyDisabled.GONE


def test_what_was_given_up_is_sent_again_when_somebody_asks(database, event, hook, office):
    webhook_id = a_webhook(database, event, hook, WebhookKind.REGISTERED)
    factories.a_participant(database, event)
    write(
        database,
        lambda s: s.execute(update(WebhookDelivery).values(state="failed", attempts=11)),
    )
    office.beat()
    before = len(hook.taken)
    retried = write(
        database, lambda s: retry_failed(s, event, webhook_id, operator_id=None, now=NOW)
    )
    office.beat()

    assert (before, retried, len(hook.taken)) == (0, 1, 1)


def test_a_disabled_webhook_collects_nothing_and_a_removed_one_leaves_nothing(
    database, event, hook
):
    webhook_id = a_webhook(database, event, hook, WebhookKind.REGISTERED)
    factories.a_participant(database, event)
    who = {"operator_id": None, "now": NOW}
    write(database, lambda s: disable_webhook(s, event, webhook_id, **who))
    factories.a_participant(database, event, "Omar Tazi")
    collected = len(deliveries(database))
    write(database, lambda s: remove_webhook(s, event, webhook_id, **who))

    assert (collected, deliveries(database)) == (1, [])


def test_a_disabled_webhook_is_sent_a_test_and_nothing_else(database, event, hook, office):
    webhook_id = a_webhook(database, event, hook, WebhookKind.REGISTERED)
    factories.a_participant(database, event)
    who = {"operator_id": None, "now": NOW}
    write(database, lambda s: disable_webhook(s, event, webhook_id, **who))
    write(database, lambda s: queue_test(s, event, webhook_id, **who))

    office.beat()

    assert [one["type"] for one in hook.taken] == ["webhook.test"]


def test_an_address_that_leads_inside_is_not_called(database, event, hook):
    a_webhook(database, event, hook, WebhookKind.REGISTERED)
    factories.a_participant(database, event)

    Office(database, allowed=Settings().outgoing_allowed).beat()

    assert hook.server.heard == []
    assert deliveries(database)[0].answer in ("destination_inside", "destination_not_https")


def test_what_a_dead_sender_had_claimed_is_sent_again_with_the_same_id(
    database, event, hook, office
):
    a_webhook(database, event, hook, WebhookKind.REGISTERED)
    factories.a_participant(database, event)
    write(
        database,
        lambda s: s.execute(
            update(WebhookDelivery).values(
                state="sending", claimed_by="dead", claimed_at=NOW, attempts=1
            )
        ),
    )
    office.now = NOW + timedelta(seconds=30)
    office.beat()
    early = hook.tries
    office.now = NOW + timedelta(seconds=90)
    office.beat()

    assert (early, len(hook.taken)) == (0, 1)


def many(database, event, count):
    people = [{"participant_id": number} for number in range(count)]
    write(
        database,
        lambda s: tell_webhooks_of_many(
            s.connection(), event.id, WebhookKind.REGISTERED, NOW, people
        ),
    )


def delivered_once(database, event, hook, office, count, fails):
    """Deliver `count` messages to a receiver that fails so often."""
    a_webhook(database, event, hook, WebhookKind.REGISTERED)
    many(database, event, count)
    hook.fails = fails
    for _beat in range(12):
        office.beat()
        # The jobs of before are done: their rows would be counted as under way by no clock.
        write(database, lambda s: s.execute(delete(Job)))
        office.now += timedelta(hours=1)
    assert hook.forged == 0
    assert hook.tries > count
    assert set(hook.ids.values()) == {1}
    assert sorted(one["data"]["participant_id"] for one in hook.taken) == list(range(count))
    with database.read() as session:
        states = session.execute(
            select(WebhookDelivery.state, func.count()).group_by(WebhookDelivery.state)
        )
        assert [tuple(row) for row in states] == [("delivered", count)]


def test_each_of_many_arrives_once_at_a_receiver_that_fails(database, event, hook, office):
    delivered_once(database, event, hook, office, 60, fails=0.2)


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_each_of_ten_thousand_arrives_once_at_a_receiver_that_fails(database, event, hook, office):
    delivered_once(database, event, hook, office, 10_000, fails=0.05)
