"""Every verdict as a device hears it over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from checkin.db.models import Badge
from checkin.domain.scanning.messages import verdict_message
from checkin.domain.scanning.next_steps import NextStep, Step, act_message
from checkin.services.gates.devices import gate_named
from checkin.services.gates.gates import limit_gate
from checkin.services.people.registering.blocking import block
from checkin.services.people.registering.registration import cancel
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.factories import NOW


def revoked(database, event, person):
    factories.write(
        database,
        lambda s: s.execute(
            update(Badge).where(Badge.id == person.badge_id).values(revoked_at=NOW)
        ),
    )


def canceled(database, event, person):
    factories.write(database, lambda s: cancel(s, event, person.participant_id, now=NOW))


def blocked(database, event, person):
    factories.write(
        database, lambda s: block(s, event, person.participant_id, reason="test", now=NOW)
    )


def at_the_wrong_gate(database, event, person):
    factories.a_category(database, event, "Élu")

    def limit(session):
        limit_gate(session, event, gate_named(session, event, "Porte 1"), ["Élu"])

    factories.write(database, limit)


def too_early(database, event, person):
    factories.lay_down(database, doors_open_at=datetime.now(UTC) + timedelta(hours=1), grace_s=60)


def too_late(database, event, person):
    opened = datetime.now(UTC) - timedelta(hours=3)
    factories.lay_down(database, doors_open_at=opened, doors_close_at=opened + timedelta(hours=1))


def hall_full(database, event, person):
    factories.lay_down(database, capacity=1)
    device = factories.a_device(database, event, "Porte 9")
    factories.scan(database, device, factories.a_badge(database, event, "Driss Premier"))


@pytest.mark.parametrize(
    ("befalls", "reason"),
    [
        (revoked, "revoked"),
        (canceled, "canceled"),
        (blocked, "blocked"),
        (at_the_wrong_gate, "wrong_gate"),
        (too_early, "invalid_time"),
        (too_late, "invalid_time"),
        (hall_full, "capacity_exceeded"),
    ],
)
def test_the_state_of_a_badge_is_the_reason_of_its_refusal(befalls, reason, api, database, event):
    person = factories.a_participant(database, event)
    befalls(database, event, person)

    body = api.scan(factories.code_of(event, person.badge_id))

    assert (body["status"], body["reason"]) == ("error", reason)
    act = act_message(Step(NextStep.CLOSED), "fr") if befalls is too_late else ""
    assert body["message"] == verdict_message("error", reason, "fr", act=act)
    assert body["participant"]["name"] == "Amina Alaoui"


def test_a_person_in_reserve_is_refused_until_the_reserve_list_is_released(
    app, api, database, event
):
    delegation = factories.a_delegation(database, event, quota=1)
    factories.badges(database, event, 1)
    code = factories.a_badge(database, event, delegation=delegation)
    before = api.verdict(code)
    factories.lay_down(database, reserve_from=datetime.now(UTC) - timedelta(minutes=1))
    app.extensions[EXTENSION].devices.forget()  # what was laid down is known for half a second

    assert (before, api.verdict(code)) == (("error", "unapproved"), ("ok", None))


def test_a_late_confirmed_person_is_refused_when_the_reserve_list_used_the_quota(
    api, database, event
):
    factories.lay_down(database, reserve_from=datetime.now(UTC) - timedelta(minutes=1))
    delegation = factories.a_delegation(database, event, quota=1)
    [late] = factories.badges(database, event, 1)
    early = factories.a_badge(database, event, delegation=delegation)

    verdicts = [api.verdict(early), api.verdict(late)]

    assert verdicts == [("ok", None), ("error", "quota_exceeded")]


def test_whoever_has_not_left_must_leave_before_coming_back(api, database, event):
    factories.lay_down(database, reentry="after_exit")
    code = factories.a_badge(database, event)

    told = [api.verdict(code, type=way) for way in ("entry", "entry", "exit", "entry")]

    assert told == [("ok", None), ("error", "checkout_required"), ("ok", None), ("ok", None)]
    totals = api.read("/status")["totals"]
    assert [totals[name] for name in ("registered", "arrived", "inside", "refused")] == [1] * 4
