"""What a public link does before somebody of the delegation has looked tells a stranger nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from checkin.db.models import Application, Message, Participant
from checkin.domain.people.registration import Registration
from checkin.errors import Conflict
from checkin.services.people.registering import applications
from checkin.services.people.registering.applications import apply_by_link
from checkin.services.people.registering.giving_out import count_to_give_out, give_out_badges
from checkin.services.people.registering.public_registration import (
    PrivacyNotice,
    link_address,
    registration_link_by_secret,
    set_link,
)
from checkin.services.people.registering.registration import confirm_checked
from tests.support import factories
from tests.support.factories import KEYS, NOW, write

PHONE = "+212612345678"
ELSEWHERE = "+212612345679"
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def event(database):
    return factories.an_event(database)


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event, quota=50)


@pytest.fixture
def known(database, event, delegation):
    """Somebody of the delegation, and somebody of another one."""
    factories.a_participant(database, event, "Amina Alaoui", delegation=delegation, phone=PHONE)
    sale = factories.a_delegation(database, event, "Salé")
    factories.a_participant(database, event, "Zineb Tazi", delegation=sale, phone=ELSEWHERE)


@pytest.fixture
def apply(database, event, delegation):
    """A function that applies by the delegation's link, which confirms at once."""
    category = factories.a_category(database, event)
    asked = {"is_open": True, "approval": False, "category_id": category.id, "now": NOW}
    link = write(database, lambda s: set_link(s, delegation, **asked))
    secret = link_address(KEYS, "", link).removeprefix("/r/")

    def applied(name, **told):
        def work(session):
            found = registration_link_by_secret(session, KEYS, secret, NOW)
            sent = Registration(name=name, delegation="", **told)
            apply_by_link(session, found, sent, PrivacyNotice("fr", "x"), keys=KEYS, now=NOW)

        write(database, work)

    return applied


def count(database, table):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def give_out(database, event, delegation):
    return write(database, lambda s: give_out_badges(s, event, delegation, now=LATER))


def ask_about_everybody(apply):
    """Apply as a fresh person, with a known name, and with two known telephone numbers."""
    apply("Bahia Idrissi", phone="+212600000001", email="a@example.org")
    apply("Amina Alaoui", phone="+212600000002", email="b@example.org")
    apply("Chama Naciri", phone=PHONE, email="c@example.org")
    apply("Driss Fassi", phone=ELSEWHERE, email="d@example.org")


def test_no_badge_of_a_link_is_mailed_before_somebody_gives_it_out(
    database, event, delegation, known, apply
):
    ask_about_everybody(apply)

    before = count(database, Message)
    given = give_out(database, event, delegation)

    with database.read() as session:
        [message] = session.scalars(select(Message)).all()
        left = count_to_give_out(session, delegation)
    assert (before, given, left) == (0, 2, 0)
    assert (message.address, message.kind) == ("a@example.org", "confirmed")
    assert message.next_try_at == LATER + timedelta(minutes=10)
    assert count(database, Application) == 2


def test_an_organiser_who_has_checked_somebody_does_not_give_out_their_badge(
    database, event, delegation, known, apply
):
    apply("Driss Fassi", phone=ELSEWHERE, email="d@example.org")
    with database.read() as session:
        number = session.scalar(select(func.max(Participant.id)))

    write(database, lambda s: confirm_checked(s, event, number, keys=KEYS, now=NOW))

    before = count(database, Message)
    give_out(database, event, delegation)
    assert (before, count(database, Message)) == (0, 1)


def test_a_full_list_is_refused_to_everybody_alike(database, known, apply, monkeypatch):
    monkeypatch.setattr(applications, "MOST_WAITING", 4)
    ask_about_everybody(apply)

    for name, phone in (("Ehsan Rami", "+212600000003"), ("Farah Sebti", PHONE)):
        with pytest.raises(Conflict):
            apply(name, phone=phone)


def test_what_is_sent_twice_is_kept_once(database, known, apply):
    for _ in range(2):
        ask_about_everybody(apply)

    assert (count(database, Participant), count(database, Application)) == (4, 2)


@pytest.mark.parametrize("phone", [PHONE, "+212600000001"])
def test_so_many_of_one_telephone_wait_and_no_more(
    database, delegation, known, apply, monkeypatch, phone
):
    monkeypatch.setattr(applications, "MOST_ALIKE", 3)

    for name in ("Ali", "Badr", "Chakib", "Driss", "Ehsan"):
        apply(f"{name} Alami", phone=phone)

    with database.read() as session:
        waiting = count_to_give_out(session, delegation)
    assert waiting + count(database, Application) == 3
