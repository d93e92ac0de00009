"""The delivery page, and an event's own texts in messages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from checkin.db.models import (
    Activity,
    Job,
    JobState,
    MailSwitch,
    Message,
    MessageText,
    Operator,
    Role,
)
from checkin.domain.channels.answers import ChannelFault
from checkin.domain.channels.gateways import STOP, Stop
from checkin.domain.channels.reach import Channel
from checkin.services.badges.printing import record_print
from checkin.services.badges.specs import badge_codes
from checkin.services.common.installation_settings import keep_setting
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.services.jobs.queue import claim, fail
from checkin.services.jobs.workers import worker_seen
from checkin.services.mail.sender import sender_gone, sender_seen
from checkin.services.mail.sending_job import start_sending
from checkin.web.site.state import EXTENSION
from checkin.words.isolates import without_isolates
from checkin.worker.kinds import KINDS
from tests.support import factories
from tests.support.others.telephone_gateways import gateways, set_channels
from tests.web.browsing import follow

PAGE = "/events/rabat-2025/delivery"
WORDS = f"{PAGE}/message"


@pytest.fixture
def elsewhere(database, event):
    other = factories.a_delegation(database, event, "Salé")
    return factories.a_participant(database, event, "Zineb Tazi", delegation=other)


@pytest.fixture
def amina(database, event, delegation):
    person = factories.a_participant(
        database, event, delegation=delegation, email="amina@example.org", phone="+212612345678"
    )
    factories.write(
        database,
        lambda s: s.execute(
            update(Message).values(state="bounced", last_answer="550 5.1.1 <b>nobody</b>")
        ),
    )
    return person


def listed(browsing, asked: str = "") -> str:
    """Ask for the list as a spreadsheet, and return it."""
    answer = follow(browsing, browsing.send(PAGE, f"{PAGE}/people.csv{asked}"))
    return answer.get_data().decode("utf-8-sig")


def begun(database, event) -> int:
    """Ask for the sending where no worker takes the job, and return its id."""
    operator = factories.write(database, lambda s: s.scalars(select(Operator.id)).first())
    who = {"operator_id": operator, "now": datetime.now(UTC)}
    ask = partial(start_sending, keys=factories.KEYS, event=event, endpoint="delivery.send", **who)
    return factories.write(database, lambda s: ask(s).id)


def test_the_page_lists_whom_to_reach_by_phone_and_why(organiser, amina, elsewhere):
    page = organiser.read(PAGE)

    assert [
        words for words in ("Amina Alaoui", "Zineb Tazi", "tel:+212612345678") if words not in page
    ] == []
    assert "550 5.1.1 &lt;b&gt;nobody&lt;/b&gt;" in page


def test_a_coordinator_sees_their_own_delegation_only(coordinator, amina, elsewhere):
    other = coordinator.read(f"{PAGE}?state=all&delegation=2")
    table = listed(coordinator)

    assert ("Amina Alaoui" in other, "Zineb Tazi" in other, "Salé" in other) == (True, False, False)
    assert ("Amina Alaoui" in table, "Zineb Tazi" in table) == (True, False)


def test_the_spreadsheet_runs_nothing(organiser, database, event, delegation):
    factories.a_participant(database, event, "=1+1", delegation=delegation, phone="+212612345678")

    table = listed(organiser)

    assert table.splitlines() == [
        "Numéro;Délégation;Nom;Nom en arabe;Téléphone;E-mail;Badge par e-mail;Imprimé à l’accueil",
        "1;Khémisset;'=1+1;;\u200e+212612345678;;Sans adresse e-mail;Non",
    ]


def test_the_chosen_participants_are_sent_their_badges_again(organiser, database, amina):
    organiser.send(PAGE, f"{PAGE}/resend", participant=str(amina.participant_id))

    with database.read() as session:
        assert list(session.scalars(select(Message.state).order_by(Message.id))) == [
            "bounced",
            "queued",
        ]


def test_the_sending_is_paused_and_resumed(organiser, database, amina):
    seen = []
    for sending in ("paused", "running"):
        organiser.send(PAGE, f"{PAGE}/switch", sending=sending)
        with database.read() as session:
            seen.append(session.scalar(select(MailSwitch.sending)))

    assert seen == ["paused", "running"]


def test_participants_with_a_printed_badge_are_counted_and_listed(
    organiser, database, event, amina, elsewhere
):
    factories.write(
        database,
        lambda s: record_print(
            s, event, amina.badge_id, copies=1, design="card", printer=None, now=factories.NOW
        ),
    )

    found = {
        asked: [
            name
            for name in ("Amina Alaoui", "Zineb Tazi")
            if name in organiser.read(f"{PAGE}?state=all&printed={asked}")
        ]
        for asked in ("", "yes", "no")
    }
    table = listed(organiser, "?state=all&printed=yes")

    assert found == {
        "": ["Amina Alaoui", "Zineb Tazi"],
        "yes": ["Amina Alaoui"],
        "no": ["Zineb Tazi"],
    }
    assert ("Amina Alaoui" in table, "Zineb Tazi" in table) == (True, False)


def test_the_page_says_whether_a_sender_is_running(organiser, database, event):
    def said():
        shown = "Des messages partent." in organiser.read(PAGE)
        return shown, organiser.open(f"{PAGE}/progress").get_json()["sender"]

    def at(moment):
        factories.write(database, lambda s: sender_seen(s, event.id, moment))
        return said()

    seen = [said(), at(datetime.now(UTC) - timedelta(minutes=2)), at(datetime.now(UTC))]
    factories.write(database, lambda s: sender_gone(s, event))

    assert [*seen, said()] == [(False, False), (False, False), (True, True), (False, False)]


def test_one_press_sends_what_is_queued_and_names_how_many(organiser, database, event, delegation):
    for name in ("amina", "omar"):
        factories.a_participant(
            database, event, name, delegation=delegation, email=f"{name}@example.org"
        )
    before = organiser.read(PAGE)

    organiser.send(PAGE, f"{PAGE}/send")

    after = organiser.read(PAGE)
    with database.read() as session:
        states = session.scalars(select(Message.state)).all()
        job = session.scalars(select(Job)).one()
    assert "Écrire 2 badges dans des fichiers" in before
    assert "badges send" not in before
    assert (states, job.state, job.done, job.total) == (["sent"] * 2, JobState.DONE, 2, 2)
    assert f"{PAGE}/send" not in after
    assert factories.noted(database, "mail") == ["mail.start"]


def test_the_page_of_the_sending_s_job_is_the_delivery_page(organiser, database, event, amina):
    organiser.send(PAGE, f"{PAGE}/send")
    with database.read() as session:
        job = session.scalars(select(Job)).one()

    answer = organiser.open(f"/events/rabat-2025/jobs/{job.id}")

    assert (answer.status_code, answer.location) == (303, PAGE)


def test_who_asks_again_sees_the_sending_that_is_under_way(organiser, database, event, amina):
    first = begun(database, event)

    organiser.send(PAGE, f"{PAGE}/send")

    with database.read() as session:
        assert session.scalars(select(Job.id)).all() == [first]


def test_any_organiser_cancels_a_sending_and_its_messages_stay_queued(
    organiser, signed_in, database, event, delegation
):
    factories.a_participant(database, event, delegation=delegation, email="amina@example.org")
    begun(database, event)
    page = organiser.read(PAGE)

    signed_in(Role.ADMINISTRATOR).send(PAGE, f"{PAGE}/cancel")

    with database.read() as session:
        states = (
            session.scalars(select(Job.state)).all(),
            session.scalars(select(Message.state)).all(),
        )
    assert "Annuler l’envoi" in page
    assert "qui fait les longs travaux ne tourne pas" in page
    assert states == ([JobState.CANCELED], ["queued"])
    assert "Écrire 1 badge dans un fichier" in organiser.read(PAGE)


def test_a_running_sending_that_is_paused_says_so_and_can_be_resumed(
    organiser, database, event, delegation
):
    factories.a_participant(database, event, delegation=delegation, email="amina@example.org")
    begun(database, event)
    now = datetime.now(UTC)
    factories.write(database, lambda s: claim(s, KINDS["mail"].lane, "one", KINDS, now))

    organiser.send(PAGE, f"{PAGE}/switch", sending="paused")

    paused = organiser.read(PAGE)
    told = organiser.open(f"{PAGE}/progress").get_json()
    organiser.send(PAGE, f"{PAGE}/switch", sending="running")
    assert 'value="running"' in paused
    assert (told["state"], told["sending"]) == ("running", "paused")
    assert told["sentence"] in paused
    assert told["sentence"].startswith("En pause")
    assert 'value="paused"' in organiser.read(PAGE)


def test_the_page_says_what_is_waited_for_and_until_when(organiser, database, event, delegation):
    factories.a_participant(database, event, delegation=delegation, email="amina@example.org")
    begun(database, event)
    factories.write(database, lambda s: worker_seen(s, "one", datetime.now(UTC)))
    in_june = datetime(2099, 6, 14, 9, 30, tzinfo=UTC)
    factories.write(database, lambda s: s.execute(update(Message).values(next_try_at=in_june)))

    page = organiser.read(PAGE)

    assert "Refusés pour l’instant par des serveurs de messagerie\u00a0: 1." in page
    assert "14 juin 2099" in page


def test_the_page_says_why_the_mail_server_took_nothing_and_offers_to_send_again(
    organiser, database, event, delegation
):
    factories.a_participant(database, event, delegation=delegation, email="amina@example.org")
    begun(database, event)
    now = datetime.now(UTC)
    mine = factories.write(database, lambda s: claim(s, KINDS["mail"].lane, "one", KINDS, now))
    told = JobFailed(ProblemCode.MAIL_REFUSED, answer="535 bad password")
    factories.write(database, lambda s: fail(s, mine, told, now))

    page = organiser.read(PAGE)

    assert "535 bad password" in page
    assert "Écrire 1 badge dans un fichier" in page


def test_sending_where_it_was_paused_lets_the_messages_leave(
    organiser, database, event, delegation
):
    factories.a_participant(database, event, delegation=delegation, email="amina@example.org")
    organiser.send(PAGE, f"{PAGE}/switch", sending="stopped")

    organiser.send(PAGE, f"{PAGE}/send")

    with database.read() as session:
        assert session.scalars(select(Message.state)).all() == ["sent"]


def test_without_a_mail_server_the_page_says_that_nobody_gets_anything(organiser):
    page = organiser.read(PAGE)

    assert "ne parviennent à personne" in page
    assert "CHECKIN" not in page


def test_before_the_badges_are_sent_the_page_shows_the_message_and_whom_it_does_not_reach(
    app, organiser, database, event, delegation, tmp_path
):
    factories.a_participant(database, event, delegation=delegation, email="amina@example.org")
    factories.a_participant(database, event, "Sans Adresse", delegation=delegation)

    page = organiser.read(PAGE)
    organiser.send(PAGE, f"{PAGE}/test")
    after = organiser.read(PAGE)

    assert f'src="{WORDS}/fr/preview"' in page
    assert "1 personne confirmée n’a pas d’adresse e-mail" in page
    assert "Écrire 1 badge dans un fichier" in page
    assert "Envoyé à organiser@example.org." in after
    [letter] = (tmp_path / "outbox").glob("*.eml")
    assert b"To: organiser@example.org" in letter.read_bytes()


def test_with_a_mail_server_the_button_sends(app, organiser, settings, database, event, delegation):
    factories.a_participant(database, event, delegation=delegation, email="amina@example.org")
    given = {"mail_url": "smtp://127.0.0.1:9", "mail_from": "badges@example.org"}
    changed = settings.model_copy(update=given)
    object.__setattr__(app.extensions[EXTENSION], "settings", changed)

    page = organiser.read(PAGE)
    organiser.send(PAGE, f"{PAGE}/test")
    after = organiser.read(PAGE)

    assert "Envoyer 1 badge" in page
    assert "ne parviennent à personne" not in page
    assert 'class="notice notice-bad" role="alert">✗ Pas envoyé' in after
    assert "Rien ne répond au port 9" in after


def test_a_coordinator_sees_how_the_sending_goes_and_has_no_button(
    coordinator, database, event, amina
):
    begun(database, event)

    page = coordinator.read(PAGE)

    assert "<progress" in page
    assert f"{PAGE}/cancel" not in page


def test_an_old_link_to_the_list_leads_to_the_page_with_its_filter(organiser, amina):
    answer = organiser.open(f"{PAGE}/people.csv?state=all")

    assert answer.location == f"{PAGE}?state=all"


def test_who_downloads_the_list_is_written_down(organiser, database, amina):
    listed(organiser)

    with database.read() as session:
        [line] = session.scalars(select(Activity).where(Activity.action == "mail.people")).all()
    assert (line.details["people"], line.operator_id is not None) == (1, True)


def test_progress_is_told_to_the_page(organiser, amina):
    body = organiser.open(f"{PAGE}/progress").get_json()

    assert (body["counts"]["bounced"], body["left_s"], body["sending"]) == (1, None, "running")


def test_an_event_s_own_texts_are_stored_and_shown_in_the_preview(organiser, database):
    organiser.send(f"{WORDS}/fr", intro="Bienvenue {name} à {event}.", subject="", show="")

    with database.read() as session:
        kept = [(t.language, t.name, t.text) for t in session.scalars(select(MessageText))]
    preview = organiser.open(f"{WORDS}/fr/preview")

    assert kept == [("fr", "intro", "Bienvenue {name} à {event}.")]
    assert "Bienvenue Amina Alaoui à Rencontre régionale." in preview.text
    assert "sandbox" in preview.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("intro", "{name.__class__}", "{name.__class__} cannot be used here"),
        ("intro", "{{ config }}", "{ config } cannot be used here"),
        ("intro", "{name", "A brace stands alone"),
        ("greeting", "Bonjour de {event}", "{event} cannot be used here"),
        ("subject", "a" * 151, "Characters at most: 150"),
        ("subject", "Votre badge\npour samedi", "on one line"),
    ],
)
def test_invalid_own_texts_are_refused_beside_their_field(
    organiser, database, name, text, complaint
):
    response = organiser.send(f"{WORDS}/fr?lang=en", **{name: text})

    assert (response.status_code, complaint in response.text) == (400, True)
    with database.read() as session:
        assert session.scalars(select(MessageText)).all() == []


@pytest.mark.parametrize(
    ("language", "complaint"),
    [("fr", "{event} ne peut pas servir ici"), ("ar", "لا يمكن استعمال {event} هنا")],
)
def test_invalid_own_texts_are_refused_in_the_organiser_s_language(organiser, language, complaint):
    page = organiser.send(f"{WORDS}/fr?lang={language}", greeting="Bonjour de {event}")

    assert complaint in without_isolates(page.text)


def test_the_words_of_each_kind_of_message_are_an_event_s_own(organiser, database):
    organiser.send(f"{WORDS}/fr", intro="Bienvenue.")
    organiser.send(f"{WORDS}/fr?kind=canceled", canceled_intro="Au revoir {name}.")

    with database.read() as session:
        kept = {text.name: text.text for text in session.scalars(select(MessageText))}
    assert kept == {"intro": "Bienvenue.", "canceled_intro": "Au revoir {name}."}
    shown = organiser.read(f"{WORDS}/fr/preview?kind=canceled")
    assert ("Au revoir Amina Alaoui." in shown, "Bienvenue" in shown) == (True, False)
    assert organiser.open(f"{WORDS}/fr?kind=written").status_code == 404


def test_html_in_own_words_arrives_as_it_was_written(organiser):
    organiser.send(f"{WORDS}/fr", intro="<img src=x onerror=alert(1)>")

    preview = organiser.read(f"{WORDS}/fr/preview")

    assert "&lt;img src=x onerror=alert(1)&gt;" in preview


def test_a_test_message_to_oneself_has_nobody_s_code(
    organiser, app, tmp_path, database, event, amina
):
    page = organiser.send(f"{WORDS}/ar", f"{WORDS}/ar/send")

    [file] = (tmp_path / "outbox").glob("*.eml")
    with database.read() as session:
        codes = [line.code for line in badge_codes(session, event, factories.KEYS)]
    assert page.status_code == 302
    assert b"To: organiser@example.org" in file.read_bytes()
    assert [code for code in codes if code.encode() in file.read_bytes()] == []


@pytest.fixture
def phones():
    with gateways() as running:
        yield running


def test_the_page_tells_by_which_channel_people_were_sent_their_badge(
    signed_in, database, event, delegation, phones
):
    set_channels(database, phones)
    for name, phone in (("Amina Alaoui", "+212612345678"), ("Omar Tazi", "+212612345679")):
        factories.a_participant(database, event, name, delegation=delegation, phone=phone)
    mailed = {"email": "zineb@example.org", "phone": "+212612345670"}
    factories.a_participant(database, event, "Zineb Tazi", delegation=delegation, **mailed)
    factories.write(database, lambda s: s.execute(update(Message).values(state="sent")))

    page = without_isolates(signed_in(Role.ORGANISER).read(f"{PAGE}?state=all"))

    by_channel = page[page.index("Par canal") :]
    by_channel = re.sub(r"<[^>]+>", "", by_channel[: by_channel.index("</p>")])
    # The e-mails wait for the sending, which queues them.
    assert " ".join(by_channel.split()).endswith("E-mail 0 · WhatsApp 2 · SMS 0")
    assert page.count('<bdi class="small">WhatsApp</bdi>') == 2


def test_before_the_sending_the_page_says_who_goes_on_to_another_channel(
    signed_in, database, event, delegation, phones
):
    factories.lay_down(database, ends_at=datetime.now(UTC) + timedelta(days=1))
    phone = {"phone": "+212612345678"}
    factories.a_participant(database, event, "Amina Alaoui", delegation=delegation, **phone)
    browsing = signed_in(Role.ORGANISER)
    before = browsing.read(PAGE)

    set_channels(database, phones)
    page = without_isolates(browsing.read(PAGE))

    assert "Par canal" not in before
    assert "E-mail, WhatsApp, SMS" in page
    assert "1 personne sans e-mail" in page
    assert 'type="checkbox" name="participant"' not in before
    assert 'type="checkbox" name="participant"' in page


def test_a_stopped_channel_is_told_with_what_to_do(signed_in, database, event, delegation, phones):
    set_channels(database, phones)
    stop = Stop(ChannelFault.REFUSED, "401 190 expired")
    factories.write(database, lambda s: keep_setting(s, STOP[Channel.WHATSAPP], stop.text))

    page = signed_in(Role.ORGANISER).read(PAGE)

    assert "Canal arrêté" in page
    assert "/telephone/settings" in page
