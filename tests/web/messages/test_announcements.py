"""The pages of messages to many, and the question after a change."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select, update

from checkin.db.models import Announcement, Message, Participant
from checkin.domain.messages.kinds import MessageKind
from checkin.services.people.importing.proposals import propose_telling
from tests.support import factories
from tests.support.factories import NOW, write
from tests.support.servers.inline_worker import do_waiting_jobs, keep_jobs_waiting
from tests.web.browsing import follow

EVENT = "/events/rabat-2025"
PAGE = f"{EVENT}/messages"
WRITTEN = {
    "subject_fr": "Parking",
    "text_fr": "Bonjour {name},\n\nLe plan : https://example.org/plan.",
    "subject_ar": "الموقف",
    "text_ar": "مرحبا {name}.",
}


@pytest.fixture
def event(database, event):
    return factories.postponed(database, event)


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event, "Khémisset", quota=50)


@pytest.fixture
def people(database, event, delegation):
    """Amina reads French, Omar Arabic, Zineb English; Dina has no address."""
    named = {
        "Amina": {"language": "fr"},
        "Omar": {"language": "ar"},
        "Zineb": {"language": "en"},
        "Dina": {"email": None, "phone": "+212612345678"},
    }
    return {
        name: factories.a_participant(
            database,
            event,
            name,
            delegation=delegation,
            **({"email": f"{name.lower()}@example.org"} | given),
        ).participant_id
        for name, given in named.items()
    }


@pytest.fixture
def mails(tmp_path, settings):
    """A function that returns the subjects of the e-mails to each address that have left."""

    def mails() -> Counter[tuple[str, str]]:
        found = [
            message_from_bytes(file.read_bytes(), policy=policy.default)
            for file in (settings.home / "outbox").glob("*.eml")
        ]
        return Counter((str(m["To"]).partition("@")[0], str(m["Subject"])) for m in found)

    return mails


def drafted(organiser, **more) -> str:
    """Write a message and return the address of its page."""
    answer = organiser.send(f"{PAGE}/new", **WRITTEN | more)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def badges_sent(database) -> None:
    write(database, lambda s: s.execute(update(Message).values(state="sent")))


def test_a_message_is_seen_with_its_recipients_before_anything_is_sent(
    organiser, database, people, mails
):
    page = organiser.read(drafted(organiser))

    assert "Prévenir 4 personnes\u00a0?" in page
    assert "Personnes concernées\u00a0: 4. Jointes par e-mail\u00a0: 3." in page
    assert "(message dans la langue principale)" in page
    assert mails() == {}


def test_each_gets_the_message_once_in_their_language_or_else_the_main_one(
    organiser, database, people, mails
):
    here = drafted(organiser)
    organiser.send(here, f"{here}/send")
    organiser.send(here, f"{here}/send")

    assert mails() == {("amina", "Parking"): 1, ("omar", "الموقف"): 1, ("zineb", "Parking"): 1}
    assert "Parking" in organiser.read(PAGE)
    progress = organiser.open(f"{here}/progress").get_json()
    assert (progress["counts"]["sent"], progress["state"], progress["done"]) == (3, "queued", 3)


def test_the_count_follows_the_choice(organiser, people):
    everybody = organiser.open(f"{PAGE}/count").get_json()
    nobody = organiser.open(f"{PAGE}/count?has_arrived=yes").get_json()

    assert (everybody["people"], nobody["people"]) == (4, 0)
    assert "Jointes par e-mail\u00a0: 3." in everybody["sentence"]


def test_the_chosen_part_alone_is_written_to(organiser, database, event, people, mails):
    sale = factories.a_delegation(database, event, "Salé")
    factories.a_participant(database, event, "Eva", delegation=sale, email="eva@example.org")

    here = drafted(organiser, delegation=str(sale.id))
    organiser.send(here, f"{here}/send")

    assert mails() == {("eva", "Parking"): 1}


def test_the_form_says_what_is_wrong_and_keeps_what_was_written(organiser, people):
    answer = organiser.send(
        f"{PAGE}/new", **WRITTEN | {"subject_fr": "Rencontre régionale", "text_ar": "{password}"}
    )

    assert answer.status_code == 400
    assert "Le nom de l’événement ne doit pas figurer dans l’objet" in answer.text
    assert "{password}" in answer.text
    assert 'value="Rencontre régionale"' in answer.text
    assert organiser.read(PAGE).count("<tr>") == 0


def test_a_draft_is_changed_or_dropped(organiser, database, people, mails):
    here = drafted(organiser)
    organiser.send(f"{here}/edit", **WRITTEN | {"subject_fr": "Autre", "standing": "reserve"})
    assert "Autre" in organiser.read(here)

    organiser.send(here, f"{here}/drop")

    organiser.send_without_token(f"{here}/send")
    assert mails() == {}
    with database.read() as session:
        assert session.scalars(select(Announcement.state)).all() == ["dropped"]


@pytest.mark.parametrize(("code", "said"), [("fr", "Bonjour Amina"), ("ar", "مرحبا")])
def test_the_preview_is_what_a_recipient_gets(organiser, people, code, said):
    here = drafted(organiser)

    shown = organiser.open(f"{here}/preview?code={code}&as={people['Amina']}")

    assert said in shown.text
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_a_test_goes_to_the_operator_alone(organiser, people, mails):
    here = drafted(organiser)

    organiser.send(here, f"{here}/test?code=ar")

    assert mails() == {("organiser", "الموقف"): 1}


def test_it_is_paused_resumed_and_ended(
    organiser, app, database, settings, people, mails, monkeypatch
):
    keep_jobs_waiting(app, monkeypatch)
    here = drafted(organiser)
    organiser.send(here, f"{here}/send")
    organiser.send(here, f"{here}/switch", sending="paused")
    assert organiser.open(f"{here}/progress").get_json()["sending"] == "paused"
    organiser.send(here, f"{here}/switch", sending="running")

    organiser.send(here, f"{here}/cancel")
    do_waiting_jobs(database, factories.KEYS, settings)

    assert mails() == {}
    assert "Envoi arrêté" in organiser.read(here)


def test_newcomers_are_sent_it_by_pressing_again(organiser, database, event, people, mails):
    here = drafted(organiser)
    organiser.send(here, f"{here}/send")
    factories.a_participant(database, event, "Faris", email="faris@example.org")
    assert "Envoyer à 1 personne de plus" in organiser.read(here)

    organiser.send(here, f"{here}/send")

    assert mails()["faris", "Parking"] == 1
    assert max(mails().values()) == 1


def test_whom_no_e_mail_reaches_is_listed_to_be_called(organiser, people):
    here = drafted(organiser)

    answer = follow(organiser, organiser.send(here, f"{here}/people.csv"))

    assert "Dina;;\u200e+212612345678;" in answer.get_data().decode("utf-8-sig")


def settings_form(organiser) -> dict[str, str]:
    """What the form of the event's settings holds."""
    page = organiser.read(f"{EVENT}/settings")
    fields = dict(re.findall(r'<input id="(\w+)" name="\1"[^>]* value="([^"]*)"', page))
    return fields | {"reentry": "single", "language": "fr", "sensitive": "yes"}


def test_a_changed_start_asks_whether_to_tell_and_tells_only_then(
    organiser, database, event, people, mails
):
    badges_sent(database)
    fields = settings_form(organiser)
    later = (event.starts_at + timedelta(minutes=30)).astimezone(UTC)
    fields["starts_at"] = f"{later:%Y-%m-%dT%H:%M}"
    fields["timezone"] = "UTC"
    fields["ends_at"] = f"{event.ends_at.astimezone(UTC):%Y-%m-%dT%H:%M}"

    answer = organiser.send(f"{EVENT}/settings", **fields)

    assert re.search(r"/messages/\d+$", answer.location), answer.text
    assert mails() == {}
    page = organiser.read(answer.location)
    assert "Prévenir 4 personnes\u00a0?" in page
    assert "avant" in organiser.open(f"{answer.location}/preview").text

    organiser.send(answer.location, f"{answer.location}/send")
    assert {name for name, _ in mails()} == {"amina", "omar", "zineb"}


def test_a_change_before_any_badge_has_left_asks_nothing(organiser, people):
    answer = organiser.send(f"{EVENT}/settings", **settings_form(organiser) | {"venue": "Théâtre"})

    assert answer.location.endswith("/settings")


@pytest.mark.parametrize(("told", "expected"), [({"tell": "yes"}, 1), ({}, 0)])
def test_a_canceled_person_is_told_unless_the_organiser_says_no(
    organiser, database, people, mails, told, expected
):
    badges_sent(database)
    list_page = f"{EVENT}/participants"
    assert 'name="tell" value="yes" checked' in organiser.read(list_page)

    organiser.send(list_page, f"{list_page}/{people['Amina']}/cancel", **told)
    organiser.send(list_page, f"{list_page}/{people['Amina']}/cancel", **told)

    assert mails() == ({("amina", "Votre inscription est annulée"): 1} if expected else {})


@pytest.mark.parametrize(
    ("quota", "told", "subject"),
    [
        (5, {"tell": "yes"}, ["Votre délégation a changé"]),
        (0, {"tell": "yes"}, ["Vous êtes sur la liste d’attente"]),
        (5, {}, []),
    ],
)
def test_who_is_moved_by_the_form_is_told_unless_the_organiser_says_no(
    organiser, database, event, people, mails, quota, told, subject
):
    badges_sent(database)
    other = factories.a_delegation(database, event, "Salé", quota=quota)
    there = f"{EVENT}/participants/{people['Amina']}/edit"
    page = organiser.read(there)
    assert 'name="tell" value="yes" checked' in page
    fields = dict(re.findall(r'<input id="(\w+)" name="\1"[^>]* value="([^"]*)"', page))
    category = re.search(r'id="category".*?<option value="(\d+)" selected', page, re.S)[1]
    sent = fields | {"category": category, "delegation": str(other.id)}

    assert organiser.send(there, **sent, **told).status_code == 200

    assert mails() == {("amina", one): 1 for one in subject}


def test_who_is_registered_again_is_told_that_there_is_a_place(organiser, database, people, mails):
    badges_sent(database)
    there = f"{EVENT}/participants/{people['Amina']}"
    organiser.send(f"{EVENT}/participants", f"{there}/cancel")

    organiser.send(f"{EVENT}/participants", f"{there}/undo-cancel", tell="yes")

    assert mails() == {("amina", "Vous avez une place"): 1}


def test_the_message_to_one_person_is_seen_before(organiser, coordinator, people, database, event):
    there = f"{EVENT}/participants/{people['Omar']}/message"

    assert "أُلغي تسجيلكم" in organiser.read(f"{there}/canceled")
    assert organiser.open(f"{there}/written").status_code == 404
    elsewhere = factories.a_participant(
        database, event, "Eva", delegation=factories.a_delegation(database, event, "Salé")
    )
    there = f"{EVENT}/participants/{elsewhere.participant_id}/message/canceled"
    assert coordinator.open(there).status_code == 404


@pytest.fixture
def proposed(database, event, delegation, people):
    """The address of the question after a list of Khémisset's."""
    write(
        database,
        lambda s: s.execute(
            update(Participant)
            .where(Participant.id == people["Amina"])
            .values(standing="reserve", reserve_no=1)
        ),
    )
    of = {"delegation_id": delegation.id, "operator_id": None, "now": NOW}
    waiting = {people["Amina"]: MessageKind.RESERVE}
    return f"{PAGE}/{write(database, lambda s: propose_telling(s, event, None, waiting, **of))}"


def test_a_coordinator_decides_on_their_own_list_and_writes_nothing_else(
    coordinator, organiser, database, proposed, mails
):
    assert "Prévenir 1 personne\u00a0?" in coordinator.read(proposed)

    coordinator.send(proposed, f"{proposed}/send")

    assert mails() == {("amina", "Vous êtes sur la liste d’attente"): 1}
    written = drafted(organiser)
    assert coordinator.open(written).status_code == 404
    assert coordinator.open(f"{PAGE}/new").status_code == 403
    assert coordinator.open(PAGE).status_code == 403


def test_a_list_that_moves_people_to_the_reserve_list_asks_at_its_end(
    coordinator, database, event, delegation, mails
):
    from io import BytesIO

    write(database, lambda s: setattr(s.merge(delegation), "quota", 1))
    factories.a_category(database, event)
    page = f"{EVENT}/delegations/{delegation.id}/import"
    rows = "Nom,E-mail\nAmina,amina@example.org\nOmar,omar@example.org\n"
    coordinator.send(page, file=(BytesIO(rows.encode()), "liste.csv"))

    shown = follow(coordinator, coordinator.send(page, page + "/check", do="register")).text

    [there] = re.findall(rf'href="({PAGE}/\d+)"', shown)
    assert "Prévenir 1 personne\u00a0?" in coordinator.read(there)
    assert mails() == {}


def test_after_the_event_nothing_can_be_sent(organiser, database, event, people, mails):
    here = drafted(organiser)
    factories.postponed(database, event, days=-1)

    assert "L’événement est terminé" in organiser.read(here)
    assert organiser.send_without_token(f"{here}/send").status_code in (400, 409)
    token = organiser.token(here)
    assert organiser.send_without_token(f"{here}/send", csrf_token=token).status_code == 409
    assert mails() == {}
