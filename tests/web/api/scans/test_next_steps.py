"""What a refusal tells the device of the next step, and what it leaves unsaid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import case, update

from checkin.db.models import Badge, Delegation, Event
from checkin.services.badges.issue import reissue_badge
from checkin.services.gates.devices import gate_named
from checkin.services.gates.gates import limit_gate
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.factories import KEYS, NOW, minutes

NOTHING = {"gates": [], "at": None, "phone": None}
HELP_DESK = {"act": "help_desk", **NOTHING}
PHONE, OTHER = "+212612345678", "+212699999999"


def limited(database, event):
    """Limit Porte 1 to one category; Porte 2 is for everybody else, and the desk is no gate."""
    factories.a_category(database, event, "Élu")

    def limit(session):
        limit_gate(session, event, gate_named(session, event, "Porte 1"), ["Élu"])
        gate_named(session, event, "Accueil", create=True).help_desk = True
        return gate_named(session, event, "Porte 2", create=True, name_ar="الباب 2").id

    return factories.write(database, limit)


def doors(database, opens, closes):
    now = datetime.now(UTC)
    times = {"doors_open_at": now + timedelta(hours=opens)}
    factories.lay_down(database, **times, doors_close_at=now + timedelta(hours=closes))


def call_coordinators(database):
    call = update(Event).values(gates_call_coordinators=True)
    factories.write(database, lambda s: s.execute(call))


def test_who_is_at_the_wrong_gate_is_sent_to_the_right_one_in_both_scripts(api, database, event):
    number = limited(database, event)
    code = factories.a_badge(database, event)

    body = api.scan(code)

    gate = {"id": number, "name": "Porte 2", "name_ar": "الباب 2"}
    assert body["next_step"] == {"act": "right_gate", **NOTHING, "gates": [gate]}
    assert body["message"] == (
        "Mauvaise porte\u00a0: envoyer à \u2068Porte\u00a02\u2069\u00a0· \u2068الباب\u00a02\u2069"
    )


def test_an_answer_to_a_ref_tells_nothing_that_the_reason_does_not(api, database, event):
    limited(database, event)
    person = factories.a_participant(database, event)
    ref = factories.ref_of(factories.code_of(event, person.badge_id)).hex()

    body = api.scan(None, badge_ref=ref)

    assert (body["reason"], body["next_step"]) == ("wrong_gate", HELP_DESK)


def test_a_replaced_badge_says_since_when(api, database, event):
    factories.a_participant(database, event, "Somebody Else")
    person = factories.a_participant(database, event)
    old = factories.code_of(event, person.badge_id)

    def reissue(session):
        session.execute(update(Badge).values(issued_at=NOW - minutes(60)))
        reissue_badge(session, event, person.participant_id, keys=KEYS, reason="lost", now=NOW)

    factories.write(database, reissue)
    body = api.scan(old)

    assert body["next_step"] == {"act": "replaced", **NOTHING, "at": "2025-06-14T14:30:00.000Z"}
    assert body["message"].startswith("Badge révoqué\u00a0: envoyer à l’accueil (remplacé à 14/06")


def test_coordinators_are_called_only_where_the_event_allows_it(api, database, event):
    sale = factories.a_delegation(database, event, "Salé")
    factories.a_participant(database, event, "Somebody Else", delegation=sale)
    person = factories.a_participant(database, event)
    factories.write(database, lambda s: cancel(s, event, person.participant_id, now=NOW))
    code = factories.code_of(event, person.badge_id)
    of_sale = Delegation.id == sale.id
    phones = update(Delegation).values(coordinator_phone=case((of_sale, OTHER), else_=PHONE))
    factories.write(database, lambda s: s.execute(phones))
    silent = api.scan(code)["next_step"]
    call_coordinators(database)

    told = api.scan(code)

    assert silent == HELP_DESK
    assert told["next_step"] == {"act": "coordinator", **NOTHING, "phone": "06 12 34 56 78"}
    assert "06\u00a012\u00a034\u00a056\u00a078" in told["message"]


def test_who_is_let_in_has_no_next_step(api, database, event):
    assert api.scan(factories.a_badge(database, event))["next_step"] is None


@pytest.mark.parametrize(
    ("opens", "closes", "act"), [(1, 2, "wait"), (-2, -1, "closed")], ids=["early", "late"]
)
def test_nobody_waits_for_doors_that_open_no_more(api, database, event, opens, closes, act):
    doors(database, opens, closes)

    body = api.scan(factories.a_badge(database, event))

    assert (body["reason"], body["next_step"]) == ("invalid_time", {"act": act, **NOTHING})
    said = {"wait": "faire patienter", "closed": "plus d’entrée aujourd’hui, envoyer à l’accueil"}
    assert body["message"] == f"Portes fermées\u00a0: {said[act]}"


def test_nobody_waits_a_night_for_the_doors_of_the_next_day(api, database, event):
    doors(database, 20, 22)
    opens_at = datetime.now(UTC) + timedelta(hours=20)

    body = api.scan(factories.a_badge(database, event))

    step = body["next_step"]
    assert (body["reason"], step["act"]) == ("invalid_time", "come_back")
    assert body["opens_at"] == step["at"]
    assert abs(datetime.fromisoformat(step["at"]) - opens_at) < timedelta(minutes=30)
    said = "Portes fermées\u00a0: dire de revenir à l’ouverture, "
    assert body["message"].startswith(said)


def test_a_ref_is_not_told_that_the_doors_of_a_category_are_closed(api, database, event):
    person = factories.a_participant(database, event)
    doors(database, -2, -1)
    ref = factories.ref_of(factories.code_of(event, person.badge_id)).hex()

    assert api.scan(None, badge_ref=ref)["next_step"] == {"act": "wait", **NOTHING}
