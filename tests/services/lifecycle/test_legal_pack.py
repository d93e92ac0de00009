"""The facts of the legal pack are the event's own: its settings, and counts that agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from badges.legal.facts import Both, Count, Informed
from badges.message import Notice
from checkin.db.models import Event, Message, MessageState, Role
from checkin.domain.people.registration import Registration
from checkin.services.lifecycle.legal_pack import legal_facts, missing_of
from checkin.services.lifecycle.purge import purge_event
from checkin.services.people.registering.applications import apply_by_link
from checkin.services.people.registering.public_registration import (
    link_address,
    privacy_notice,
    registration_link_by_secret,
    set_link,
)
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.web.browsing import an_operator

NOTICE = Notice(organiser="Le Bureau", contact="droits@example.org", kept_days=30)


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event)


def facts_of(database, event, **more):
    more = {"recipients": (), "erasure": None, "now": NOW} | more
    with database.snapshot() as session:
        return legal_facts(session, session.get_one(Event, event.id), NOTICE, **more)


def register_by_link(database, event, delegation, *names: str) -> None:
    category = factories.a_category(database, event)

    def work(session):
        link = set_link(
            session, delegation, is_open=True, approval=False, category_id=category.id, now=NOW
        )
        secret = link_address(KEYS, "", link).removeprefix("/r/")
        found = registration_link_by_secret(session, KEYS, secret, NOW - timedelta(days=400))
        shown = privacy_notice(session, found.event, found.delegation, NOTICE, "fr")
        for at, name in enumerate(names):
            sent = Registration(name=name, delegation="", phone=f"+21261234567{at}")
            apply_by_link(session, found, sent, shown, keys=KEYS, now=NOW)

    write(database, work)


def test_the_counts_tell_who_registered_people_and_who_was_informed(database, event, delegation):
    register_by_link(database, event, delegation, "Amina Alaoui")
    factories.a_participant(
        database, event, "Bahia Idrissi", delegation=delegation, email="bahia@example.org"
    )
    factories.a_participant(database, event, "Driss Naciri", delegation=delegation)
    write(
        database,
        lambda s: s.execute(update(Message).values(state=MessageState.SENT, sent_at=NOW)),
    )

    facts = facts_of(database, event)

    assert facts.informed == Informed(people=3, agreed=1, mailed=1, neither=1)
    assert dict(facts.sources) == {"import": 0, "form": 2, "walk_in": 0, "link": 1}
    assert facts.categories == [Count(Both("Militant", "Militant"), 3)]
    known = {one.name.fr: one.count for one in facts.fields}
    assert (known["Nom"], known["E-mail"], known["Téléphone"]) == (3, 1, 1)
    assert "Note" not in known
    [agreed] = facts.agreed_texts
    assert (agreed.language, agreed.agreed) == ("fr", 1)
    assert "Le Bureau" in agreed.text


def test_before_anybody_is_registered_it_names_what_people_will_be_asked_for(database, event):
    asked = {one.name.fr: one.count for one in facts_of(database, event).fields}

    assert asked == {"Nom": 0, "Nom en arabe": 0, "E-mail": 0, "Téléphone": 0}


def test_nobody_of_another_event_and_nobody_canceled_is_counted(database, event, delegation):
    other = factories.an_event(database, "fes-2025")
    factories.a_participant(database, other, delegation=factories.a_delegation(database, other))
    an_operator(
        database,
        Role.COORDINATOR,
        delegation_id=factories.a_delegation(database, other, "Fès").id,
    )

    facts = facts_of(database, event)

    assert facts.informed == Informed(0, 0, 0, 0)
    assert dict(facts.roles)["coordinator"] == 0
    assert dict(facts.roles)["device"] == 0


def test_what_the_settings_lack_is_named_and_disappears_once_it_is_there(database, event):
    def work(session, **values):
        found = session.get_one(Event, event.id)
        for name, value in values.items():
            setattr(found, name, value)
        return missing_of(session, found)

    lacking = write(database, work)
    complete = write(
        database,
        lambda s: work(
            s,
            organiser="Le Bureau",
            organiser_address="Rabat",
            contact="droits@example.org",
            cndp_number="A-1/2025",
            venue_ar="مركب ابن رشد",
        ),
    )

    assert lacking == ["organiser", "organiser_address", "contact", "cndp_number", "venue_ar"]
    assert complete == []


def test_a_category_without_an_arabic_name_is_named(database, event):
    factories.a_category(database, event)

    with database.read() as session:
        assert "categories_ar" in missing_of(session, session.get_one(Event, event.id))


def test_the_pack_of_a_purged_event_still_has_its_settings(database, event, delegation, tmp_path):
    register_by_link(database, event, delegation, "Amina Alaoui")
    purge_event(database, event, tmp_path, now=NOW, early=True)

    facts = facts_of(database, event)

    assert (facts.event.fr, facts.informed.people) == ("Rencontre régionale", 0)
    assert facts.agreed_texts == []
    assert "30" in facts.notice.fr
