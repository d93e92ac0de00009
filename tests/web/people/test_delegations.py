"""A delegation's pages: places, the reserve list in order, people, arrivals."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Message, Participant, Role
from checkin.services.people import arrivals
from tests.support import factories

PAGES = "/events/rabat-2025/delegations"


@pytest.fixture
def own(delegation):
    return f"{PAGES}/{delegation.id}"


@pytest.fixture
def other(database, event):
    return factories.a_delegation(database, event, "Salé", quota=5)


def register(database, event, delegation, *names, **more):
    return [
        factories.a_participant(database, event, name, delegation=delegation, **more)
        for name in names
    ]


def test_a_coordinator_is_led_to_their_own_delegation(coordinator, own, other):
    response = coordinator.open(PAGES)

    assert (response.status_code, response.location) == (302, own)


def test_an_organiser_sees_all_delegations_with_their_places(
    organiser, database, event, delegation, other
):
    register(database, event, delegation, "Amina Alaoui", "Bahia Idrissi", "Chafik Mansouri")

    page = organiser.read(PAGES)

    assert ("Khémisset" in page, "Salé" in page) == (True, True)


def test_places_left_and_the_reserve_list_in_order(coordinator, database, event, delegation, own):
    register(database, event, delegation, "Amina Alaoui", "Bahia Idrissi")
    register(database, event, delegation, "Zineb Tazi", "Driss Naciri")

    page = coordinator.read(own)

    figures = page.partition('class="figures"')[2].partition("</dl>")[0]
    assert [figures.count(f"<dd>{n}</dd>") for n in (2, 0)] == [3, 2]
    reserve = page.partition('class="waiting"')[2].partition("</ol>")[0]
    assert reserve.index("Zineb Tazi") < reserve.index("Driss Naciri")
    assert "Amina" not in reserve


def test_canceling_on_the_delegations_page_comes_back_to_it(
    coordinator, database, event, delegation, own
):
    [amina] = register(database, event, delegation, "Amina Alaoui")

    response = coordinator.send(
        own,
        f"/events/rabat-2025/participants/{amina.participant_id}/cancel?list_of={delegation.id}",
    )

    assert (response.status_code, response.location) == (302, own)


class TestCorrecting:
    """A participant's form: kept whole or not at all."""

    @pytest.fixture
    def amina(self, database, event, delegation):
        return register(database, event, delegation, "Amina Alaoui")[0]

    @pytest.fixture
    def form(self, amina):
        return f"/events/rabat-2025/participants/{amina.participant_id}/edit"

    @pytest.fixture
    def fields(self, database, event):
        category = factories.a_category(database, event)
        return {"name": "Amina El Alaoui", "category": str(category.id), "language": "ar"}

    def known(self, database, person_id):
        with database.read() as session:
            person = session.get_one(Participant, person_id)
        return person.name, person.phone, person.email, person.folded_name

    def test_new_words_are_found_by_search_and_the_log_names_the_fields_only(
        self, coordinator, database, amina, form, fields, own
    ):
        response = coordinator.send(form, **fields, phone="0612345678", email="a@example.org")

        assert response.status_code == 200
        assert self.known(database, amina.participant_id) == (
            "Amina El Alaoui",
            "+212612345678",
            "a@example.org",
            "amina el alaoui",
        )
        assert "Amina El Alaoui" in coordinator.read(f"{own}?q=el")
        with database.read() as session:
            [line] = session.scalars(
                select(Activity).where(Activity.action == "participant.edit")
            ).all()
            addresses = session.scalars(select(Message.address)).all()
        assert line.details["fields"] == ["email", "language", "name", "phone"]
        assert "0612345678" not in str(line.details)
        assert addresses == ["a@example.org"]

    def test_what_is_wrong_is_said_and_nothing_is_changed(
        self, coordinator, database, amina, form, fields
    ):
        response = coordinator.send(form, **fields, phone="12")

        assert response.status_code == 400
        assert "n’est pas un numéro" in response.text
        assert 'value="Amina El Alaoui"' in response.text
        assert self.known(database, amina.participant_id)[0] == "Amina Alaoui"

    def test_another_participant_s_phone_is_stored_only_after_confirmation(
        self, coordinator, database, event, delegation, amina, form, fields
    ):
        register(database, event, delegation, "Bahia Idrissi", phone="+212612345678")

        assert coordinator.send(form, **fields, phone="0612345678").status_code == 409
        sure = coordinator.send(form, **fields, phone="0612345678", allow_duplicate="oui")

        assert sure.status_code == 200
        assert coordinator.send(form, **fields, phone="0612345678", note="x").status_code == 200
        assert self.known(database, amina.participant_id)[1] == "+212612345678"

    def test_correcting_nothing_writes_nothing(self, coordinator, database, amina, form, fields):
        coordinator.send(form, **fields)
        coordinator.send(form, **fields)

        with database.read() as session:
            lines = session.scalars(
                select(Activity).where(Activity.action == "participant.edit")
            ).all()
        assert len(lines) == 1


class TestArrivals:
    def test_the_list_of_missing_people_has_their_phone_numbers(
        self, coordinator, database, event, delegation, own
    ):
        device = factories.a_device(database, event)
        register(database, event, delegation, "Bahia Idrissi", phone="+212612345678")
        came = factories.a_badge(database, event, "Amina Alaoui", delegation=delegation)
        factories.scan(database, device, came)

        missing = coordinator.read(f"{own}/arrivals")
        arrived = coordinator.read(f"{own}/arrivals?show=arrived")
        assert ("Bahia Idrissi" in missing, "Amina Alaoui" in missing) == (True, False)
        assert 'href="tel:+212612345678"' in missing
        assert "Amina Alaoui" in arrived
        assert "14:30" in arrived or "15:30" in arrived

    def test_a_large_delegation_has_several_pages(
        self, coordinator, database, event, delegation, own, monkeypatch
    ):
        monkeypatch.setattr(arrivals, "PAGE_SIZE", 1)
        register(database, event, delegation, "Amina Alaoui", "Bahia Idrissi")

        first = coordinator.read(f"{own}/arrivals")
        [following] = re.findall(r'rel="next" href="([^"]+)"', first)
        second = coordinator.read(following.replace("&amp;", "&"))

        assert ("Amina" in first, "Bahia" in first) == (True, False)
        assert ("Amina" in second, "Bahia" in second) == (False, True)
        assert 'rel="prev"' in second

    def test_people_on_the_reserve_list_are_not_listed_as_missing(
        self, coordinator, database, event, delegation, own
    ):
        register(database, event, delegation, "Amina Alaoui", "Bahia Idrissi", "Chafik Mansouri")

        assert "Chafik Mansouri" not in coordinator.read(f"{own}/arrivals")


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.VIEWER, Role.VOLUNTEER])
def test_the_list_of_delegations_is_for_those_who_register(signed_in, role):
    assert signed_in(role).open(PAGES).status_code == 403


@pytest.mark.parametrize("page", ["", "/arrivals"])
def test_another_delegation_is_not_there_for_a_coordinator(coordinator, other, page):
    assert coordinator.open(f"{PAGES}/{other.id}{page}").status_code == 404
    assert coordinator.open(f"{PAGES}/999{page}").status_code == 404


def test_another_delegations_person_cannot_be_opened_or_corrected(
    coordinator, database, event, other
):
    [stranger] = register(database, event, other, "Zineb Tazi")
    form = f"/events/rabat-2025/participants/{stranger.participant_id}/edit"

    opened = coordinator.open(form)
    sent = coordinator.send("/", form, name="Stolen", category="1")

    assert (opened.status_code, sent.status_code) == (404, 404)
    assert "Zineb" not in opened.text


def test_html_in_names_is_shown_as_it_was_written(organiser, database, event, delegation, own):
    register(database, event, delegation, "A", "B", "<img src=x onerror=alert(1)>")

    pages = organiser.read(own) + organiser.read(f"{own}/arrivals")

    assert "<img" not in pages
    assert "&lt;img src=x" in pages
