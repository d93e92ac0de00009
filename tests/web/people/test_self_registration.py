"""Registering oneself by a delegation's link, and the coordinator's decision."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_string

import pytest
from sqlalchemy import select

from checkin.db.models import (
    Activity,
    Application,
    Consent,
    ConsentText,
    Event,
    Message,
    Participant,
)
from checkin.domain.mail.server import Tls
from checkin.services.people.registering.public_registration import (
    link_address,
    renew_link,
    set_link,
)
from checkin.web.site.state import EXTENSION
from tests.services.mail.mail_server import mail_server
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.web.browsing import Browsing

AMINA = {"name": "Amina Alaoui", "phone": "0612345678"}


@pytest.fixture
def event(database):
    """The reference event, not over yet."""
    event = factories.an_event(database, organiser="Comité", contact="contact@example.org")

    def postpone(session):
        session.get_one(Event, event.id).ends_at = NOW.replace(year=NOW.year + 20)

    write(database, postpone)
    return event


@pytest.fixture
def category(database, event):
    return factories.a_category(database, event)


@pytest.fixture
def open_link(database, delegation, category):
    """A function that opens Khémisset's link and returns its path."""

    def opened(*, approval: bool, is_open: bool = True) -> str:
        link = write(
            database,
            lambda s: set_link(
                s,
                delegation,
                is_open=is_open,
                approval=approval,
                category_id=category.id,
                now=NOW,
            ),
        )
        return link_address(KEYS, "", link)

    return opened


@pytest.fixture
def stranger(app):
    return Browsing(app)


def version_on(browsing, path):
    return re.search(r'name="consent" value="([0-9a-f]{32})"', browsing.read(path))[1]


def apply(browsing, path, **fields):
    return browsing.send(path, consent=version_on(browsing, path), **fields)


def rows(database, model):
    with database.read() as session:
        return session.scalars(select(model)).all()


def text_of(letter):
    """Return the plain text of an e-mail."""
    [text] = [
        part.get_payload(decode=True).decode()
        for part in message_from_string(letter).walk()
        if part.get_content_type() == "text/plain"
    ]
    return text


def people(database):
    return [(p.name, p.standing, p.registered_by) for p in rows(database, Participant)]


def test_the_form_asks_a_browser_to_fill_in_what_it_knows(stranger, open_link):
    page = stranger.read(open_link(approval=True))

    inputs = re.findall(
        r'<input id="(\w+)" name="\1" type="(\w+)" dir="(\w+)" .*?autocomplete="(\w+)"', page
    )
    assert inputs == [
        ("name", "text", "auto", "name"),
        ("name_ar", "text", "rtl", "off"),
        ("phone", "tel", "ltr", "tel"),
        ("email", "email", "ltr", "email"),
    ]


def test_an_address_that_looks_mistyped_is_asked_about_and_kept_if_it_is_right(
    stranger, open_link, database
):
    path, who = open_link(approval=False), {"name": "Samira Tazi", "email": "samira@gmial.com"}

    asked = apply(stranger, path, **who)
    before = people(database)
    apply(stranger, path, **who, email_right="samira@gmial.com")

    assert (asked.status_code, before) == (400, [])
    assert "vouliez-vous écrire \u2068samira@gmail.com\u2069" in asked.text
    assert [person.email for person in rows(database, Participant)] == ["samira@gmial.com"]


class TestAtOnce:
    def test_people_are_confirmed_within_the_quota_and_then_wait_in_reserve(
        self, stranger, database, open_link
    ):
        path = open_link(approval=False)

        for number in range(3):
            apply(stranger, path, name=f"Militant {'abc'[number]}", phone=f"061234567{number}")

        assert people(database) == [
            ("Militant a", "confirmed", "link"),
            ("Militant b", "confirmed", "link"),
            ("Militant c", "reserve", "link"),
        ]

    def test_the_consent_is_recorded_with_the_very_words_and_the_time(
        self, stranger, database, open_link
    ):
        path = open_link(approval=False)
        version = version_on(stranger, path)

        apply(stranger, path, **AMINA)

        [consent], [text] = rows(database, Consent), rows(database, ConsentText)
        assert (consent.text_id, text.id, text.language) == (version, version, "fr")
        assert "Comité" in text.text
        assert text.text.replace("'", "&#39;") in stranger.read(path)
        assert abs((consent.given_at - text.first_used_at).total_seconds()) < 1

    def test_the_form_s_answer_does_not_reveal_who_is_registered_already(
        self, stranger, database, event, delegation, open_link
    ):
        path = open_link(approval=False)
        factories.a_participant(
            database, event, "Amina Alaoui", delegation=delegation, phone="+212612345678"
        )

        known = apply(stranger, path, **AMINA)
        new = apply(stranger, path, name="Bahia Idrissi", phone="0687654321")

        assert (known.status_code, known.location) == (new.status_code, new.location)
        assert stranger.open(known.location).text == stranger.open(new.location).text
        assert [a.name for a in rows(database, Application)] == ["Amina Alaoui"]
        assert len(people(database)) == 2

    def test_somebody_of_another_delegation_is_to_be_checked_and_asked_nothing(
        self, stranger, database, event, open_link
    ):
        path = open_link(approval=False)
        sale = factories.a_delegation(database, event, "Salé")
        factories.a_participant(
            database, event, "Zineb Tazi", delegation=sale, phone="+212612345678"
        )

        known = apply(stranger, path, **AMINA)
        new = apply(stranger, path, name="Bahia Idrissi", phone="0687654321")

        assert (known.status_code, known.location) == (new.status_code, new.location)
        assert [(p.name, p.unchecked_as) for p in rows(database, Participant)] == [
            ("Zineb Tazi", None),
            ("Amina Alaoui", "confirmed"),
            ("Bahia Idrissi", None),
        ]
        assert rows(database, Application) == []

    def test_every_applicant_is_mailed_the_same_at_once_and_no_badge_leaves(
        self, app, stranger, database, event, open_link, tmp_path
    ):
        path = open_link(approval=False)
        sale = factories.a_delegation(database, event, "Salé")
        factories.a_participant(
            database, event, "Zineb Tazi", delegation=sale, phone="+212612345678"
        )

        apply(stranger, path, **AMINA, email="amina@example.org")
        apply(stranger, path, name="Bahia", phone="0687654321", email="bahia@example.org")
        app.extensions[EXTENSION].background_tasks.wait()

        letters = [file.read_text("utf-8") for file in (tmp_path / "outbox").glob("*.eml")]
        texts = {message_from_string(one)["To"]: text_of(one) for one in letters}
        assert texts["amina@example.org"] == texts["bahia@example.org"]
        assert "Khémisset" in texts["amina@example.org"]
        assert rows(database, Message) == []

    @pytest.mark.parametrize(("tls", "taken"), [(Tls.OPPORTUNISTIC, 1), (Tls.REQUIRED, 0)])
    def test_what_says_that_it_was_received_leaves_as_encrypted_as_the_settings_ask(
        self, app, open_link, monkeypatch, tmp_path, tls, taken
    ):
        with mail_server(tmp_path / "mail") as smtp:  # it offers no TLS
            state = app.extensions[EXTENSION]
            told = {"mail_url": smtp.url, "mail_from": "badges@example.org", "mail_tls": tls}
            settings = state.settings.model_copy(update=told)
            monkeypatch.setitem(app.extensions, EXTENSION, replace(state, settings=settings))
            path = open_link(approval=False)

            apply(Browsing(app), path, **AMINA, email="amina@example.org")
            state.background_tasks.wait()

            assert len(smtp.taken()) == taken


class TestTheForm:
    def test_without_a_tick_nothing_is_kept(self, stranger, database, open_link):
        path = open_link(approval=False)

        response = stranger.send(path, **AMINA)

        assert response.status_code == 400
        assert 'value="Amina Alaoui"' in response.text
        assert people(database) == []

    def test_consent_to_an_older_text_is_not_accepted(self, stranger, database, event, open_link):
        path = open_link(approval=False)
        old = version_on(stranger, path)

        def change(session):
            session.get_one(Event, event.id).retention_days = 365

        write(database, change)

        assert stranger.send(path, consent=old, **AMINA).status_code == 400
        assert version_on(stranger, path) != old

    def test_somebody_who_cannot_be_reached_is_told(self, stranger, open_link):
        response = apply(stranger, open_link(approval=False), name="Amina Alaoui")

        assert response.status_code == 400
        assert "aucun moyen de vous joindre" in response.text

    @pytest.mark.parametrize("language", ["fr", "ar", "en"])
    def test_the_form_has_three_languages_and_registers_with_the_one_shown(
        self, stranger, database, open_link, language
    ):
        path = open_link(approval=False)
        stranger.read(f"{path}?lang={language}")

        apply(stranger, path, **AMINA)

        assert [p.language for p in rows(database, Participant)] == [language]
        assert [t.language for t in rows(database, ConsentText)] == [language]

    def test_the_form_names_no_participant_and_forbids_indexing(
        self, stranger, database, event, delegation, open_link
    ):
        factories.a_participant(database, event, "Zineb Tazi", delegation=delegation)
        response = stranger.open(open_link(approval=True))

        assert "Zineb" not in response.text
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"

    def test_the_form_needs_its_csrf_token(self, stranger, database, open_link):
        path = open_link(approval=False)
        fields = AMINA | {"consent": version_on(stranger, path)}

        assert stranger.send_without_token(path, **fields).status_code == 400
        assert people(database) == []


class TestTheLink:
    def test_a_closed_link_says_so_and_takes_nobody(self, stranger, database, open_link):
        path = open_link(approval=False)
        version = version_on(stranger, path)
        token = re.search(r'csrf_token" value="([^"]+)"', stranger.read(path))[1]
        open_link(approval=False, is_open=False)

        response = stranger.send_without_token(path, csrf_token=token, consent=version, **AMINA)

        assert "fermée" in stranger.read(path)
        assert response.status_code == 409
        assert people(database) == []

    def test_a_renewed_link_kills_the_old_one(self, stranger, database, delegation, open_link):
        old = open_link(approval=False)
        new = write(database, lambda s: renew_link(s, delegation, now=NOW))

        assert stranger.open(old).status_code == 404
        assert stranger.open(link_address(KEYS, "", new)).status_code == 200

    def test_after_the_event_it_is_closed(self, stranger, database, event, open_link):
        path = open_link(approval=False)

        def end(session):
            session.get_one(Event, event.id).ends_at = NOW

        write(database, end)

        assert "fermée" in stranger.read(path)

    @pytest.mark.parametrize("secret", ["x", "a" * 26, "é" * 26, "a" * 300])
    def test_a_guessed_registration_link_is_not_found(self, stranger, open_link, secret):
        open_link(approval=False)

        assert stranger.open("/r/" + secret).status_code == 404

    def test_guessing_registration_links_is_limited(self, app, stranger, monkeypatch):
        began = datetime.now(UTC)
        monkeypatch.setattr(app.extensions[EXTENSION].limits, "clock", lambda: began)
        statuses = [stranger.open(f"/r/{'a' * 25}{n % 10}").status_code for n in range(301)]

        assert statuses == [404] * 300 + [429]

    def test_a_whole_country_behind_one_address_registers_three_hundred_a_minute(
        self, app, stranger, database, open_link, monkeypatch
    ):
        began = datetime.now(UTC)
        # A busy machine needs more than the minute in which they are counted.
        monkeypatch.setattr(app.extensions[EXTENSION].limits, "clock", lambda: began)
        path = open_link(approval=True)
        version = version_on(stranger, path)

        def sent(number):
            letters = "abcdefghij"
            name = "Militant " + "".join(letters[int(digit)] for digit in f"{number:03}")
            fields = {"name": name, "phone": f"0612345{number:03}", "consent": version}
            return stranger.send(path, **fields).status_code

        assert [sent(number) for number in range(301)] == [303] * 300 + [429]
        assert len(rows(database, Application)) == 300
        assert stranger.open(path).status_code == 200

    def test_the_fourth_application_of_a_contact_in_an_hour_waits_for_the_coordinator(
        self, stranger, database, open_link
    ):
        path = open_link(approval=False)
        names = ("Amina", "Bahia", "Chama", "Driss", "Ehsan")

        answers = [
            apply(stranger, path, name=f"{name} Alaoui", email="famille@example.org")
            for name in names
        ]

        assert {(one.status_code, one.location) for one in answers} == {(303, path + "?sent=1")}
        registered = len(rows(database, Participant))
        assert registered + len(rows(database, Application)) == len(names)  # none is lost
        assert len(rows(database, Message)) <= 3

    def test_what_another_one_s_telephone_has_applied_does_not_show_by_the_mail(
        self, app, stranger, database, open_link, tmp_path
    ):
        path = open_link(approval=False)
        for name in ("Amina", "Bahia", "Chama"):
            apply(stranger, path, name=f"{name} Alaoui", phone="0612345678")

        apply(stranger, path, name="Driss Naciri", phone="0612345678", email="d@example.org")
        app.extensions[EXTENSION].background_tasks.wait()

        [letter] = (tmp_path / "outbox").glob("*.eml")
        assert message_from_string(letter.read_text("utf-8"))["To"] == "d@example.org"

    def test_a_contact_over_its_limit_is_registered_after_the_coordinator_s_approval(
        self, stranger, database, open_link
    ):
        path = open_link(approval=False)
        for name in ("Amina", "Bahia", "Chama"):
            apply(stranger, path, name=f"{name} Alaoui", phone="0612345678")

        apply(stranger, path, name="Driss Naciri", phone="0612345678", email="d@example.org")

        assert "Driss Naciri" in [one.name for one in rows(database, Application)]
        assert rows(database, Message) == []


class TestTheCoordinator:
    @pytest.fixture
    def page(self, delegation):
        return f"/events/rabat-2025/delegations/{delegation.id}/link"

    @pytest.fixture
    def decision(self, delegation):
        return f"/events/rabat-2025/delegations/{delegation.id}/applications"

    def test_a_coordinator_opens_a_registration_link_and_sees_its_qr(
        self, coordinator, stranger, category, page
    ):
        coordinator.send(page, open="yes", approval="yes", category=str(category.id))

        shown = coordinator.read(page)
        path = re.search(r'href="http://marhaba.example.org(/r/[a-z2-7]{39})"', shown)[1]
        assert "data:image/svg+xml;base64," in shown
        assert stranger.open(path).status_code == 200
        assert coordinator.open(page + "/qr.png").data.startswith(b"\x89PNG")

    def test_a_coordinator_approves_applications_and_erases_rejected_ones(
        self, coordinator, stranger, database, open_link, page, decision
    ):
        path = open_link(approval=True)
        apply(stranger, path, **AMINA)
        apply(stranger, path, name="Bahia Idrissi", email="bahia@example.org")
        before = people(database)

        coordinator.send(page, decision, do="approve", application="1")
        coordinator.send(page, decision, do="reject", application="2")
        coordinator.send(page, decision, do="approve", application="1")

        [consent] = rows(database, Consent)
        assert before == []
        assert people(database) == [("Amina Alaoui", "confirmed", "link")]
        assert rows(database, Application) == []
        assert consent.participant_id == rows(database, Participant)[0].id
        log = [(line.action, line.operator_id) for line in rows(database, Activity)]
        assert [action for action, operator in log if operator is not None][-2:] == [
            "participant.register",
            "application.reject",
        ]
        assert all("Bahia" not in str(line.details) for line in rows(database, Activity))

    def test_a_coordinator_gives_out_the_badges_of_the_link(
        self, coordinator, stranger, database, event, open_link, page
    ):
        other = factories.a_delegation(database, event, "Salé")
        factories.a_participant(
            database, event, "Zineb Tazi", delegation=other, phone="+212612345678"
        )
        path = open_link(approval=False)
        apply(stranger, path, **AMINA, email="amina@example.org")
        apply(stranger, path, name="Bahia", phone="0687654321", email="bahia@example.org")

        before = coordinator.read(page)
        coordinator.send(page, page + "/badges")

        [badge] = rows(database, Message)
        assert "Remettre 2 badges" in before
        assert "Remettre" not in coordinator.read(page)
        assert (badge.address, badge.kind) == ("bahia@example.org", "confirmed")
        assert badge.next_try_at - badge.created_at == timedelta(minutes=10)

    def test_sending_the_same_form_twice_makes_one_application(self, stranger, database, open_link):
        path = open_link(approval=True)

        apply(stranger, path, **AMINA)
        apply(stranger, path, **AMINA)

        assert len(rows(database, Application)) == 1

    def test_a_coordinator_is_not_told_of_somebody_of_another_delegation(
        self, coordinator, stranger, database, event, delegation, open_link, page
    ):
        other = factories.a_delegation(database, event, "Salé")
        factories.a_participant(
            database, event, "Zineb Tazi", delegation=other, phone="+212612345678"
        )
        apply(stranger, open_link(approval=True), **AMINA)

        shown = coordinator.read(page)

        assert "une autre délégation" not in shown
        assert "Zineb" not in shown

    def test_html_in_an_application_is_shown_as_it_was_written(
        self, coordinator, stranger, open_link, page
    ):
        apply(stranger, open_link(approval=True), name="<b>x</b> Alaoui", phone="0612345678")

        assert "&lt;b&gt;x&lt;/b&gt;" in coordinator.read(page)

    def test_a_coordinator_cannot_change_another_delegation_s_link_or_people(
        self, coordinator, stranger, database, event, category, open_link, page, decision
    ):
        other = factories.a_delegation(database, event, "Salé")
        theirs = f"/events/rabat-2025/delegations/{other.id}"
        apply(stranger, open_link(approval=True), **AMINA)

        opened = [coordinator.open(theirs + p).status_code for p in ("/link", "/link/qr.png")]
        sent = [
            coordinator.send(page, theirs + p, category=str(category.id), do="approve").status_code
            for p in ("/link", "/link/renew", "/applications")
        ]

        assert (opened, sent) == ([404, 404], [404, 404, 404])

    def test_an_application_of_another_delegation_stays_where_it_is(
        self, organiser, stranger, database, event, open_link, page
    ):
        other = factories.a_delegation(database, event, "Salé")
        apply(stranger, open_link(approval=True), **AMINA)

        organiser.send(
            page,
            f"/events/rabat-2025/delegations/{other.id}/applications",
            do="reject",
            application="1",
        )

        assert len(rows(database, Application)) == 1
