"""One participant's page: print, share, replace, revoke; a coordinator only their own people's."""

from __future__ import annotations

import os
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from checkin.db.models import Badge, BadgePrint, Message, Role
from checkin.services.badges.page import page_secret
from tests.badges.reading import codes_in, pages
from tests.support import factories
from tests.support.factories import KEYS, code_of

LIST = "/events/rabat-2025/participants"


@pytest.fixture
def amina(database, event, delegation):
    return factories.a_participant(
        database, event, delegation=delegation, phone="+212612345678", language="ar"
    )


@pytest.fixture
def page(amina):
    return f"{LIST}/{amina.participant_id}"


@pytest.fixture
def no_printer(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def printer(monkeypatch, tmp_path):
    """A system whose `lp` keeps what it is given."""
    program = tmp_path / "bin" / "lp"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/asked\ncat >{tmp_path}/printed\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def prints(database):
    with database.read() as session:
        rows = session.scalars(select(BadgePrint).order_by(BadgePrint.id))
        return [(p.badge_id, p.copies, p.design, p.printer, p.operator_id is None) for p in rows]


def codes_of_pdf(pdf: bytes) -> list[str]:
    return [code for page in pages(pdf) for code in codes_in(page)]


def issues(database):
    with database.read() as session:
        rows = session.scalars(select(Badge).order_by(Badge.issue))
        return [(badge.issue, badge.revoked_at is not None) for badge in rows]


def test_one_button_prints_the_badge_and_writes_it_down(
    organiser, database, event, amina, page, printer
):
    first = organiser.send(page, f"{page}/print", design="card")
    organiser.send(page, f"{page}/print", design="a6")

    assert first.status_code == 303
    assert codes_of_pdf((printer / "printed").read_bytes()) == [code_of(event, amina.badge_id)]
    asked = (printer / "asked").read_text().split()
    assert asked == ["-s", "-t", "badge", "-n", "1", "-o", "print-scaling=none", "-"]
    assert prints(database) == [
        (amina.badge_id, 1, "card", "default", False),
        (amina.badge_id, 1, "a6", "default", False),
    ]
    assert "Imprimé ici\u00a0: 2 exemplaires." in organiser.read(page)


def test_without_a_printer_the_badge_opens_in_the_browser(
    organiser, database, event, amina, page, no_printer
):
    answer = organiser.send(page, f"{page}/print", design="card")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="badge.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert codes_of_pdf(answer.data) == [code_of(event, amina.badge_id)]
    assert prints(database) == [(amina.badge_id, 1, "card", None, False)]


def test_what_the_printer_refused_is_not_counted(organiser, database, page, printer):
    (printer / "bin" / "lp").write_text("#!/bin/sh\necho 'no default destination' >&2\nexit 1\n")

    answer = organiser.send(page, f"{page}/print", design="card")

    assert (answer.status_code, prints(database)) == (503, [])


def test_a_design_that_is_not_there_is_refused(organiser, database, page, printer):
    assert organiser.send(page, f"{page}/print", design="poster").status_code == 400
    assert prints(database) == []


def test_the_page_to_print_at_home_carries_the_code(organiser, event, amina, page):
    answer = organiser.open(f"{page}/badge.pdf")

    assert codes_of_pdf(answer.data) == [code_of(event, amina.badge_id)]


def test_share_links_open_a_message_in_the_participants_language(coordinator, amina, page):
    links = [part.split('"')[0] for part in coordinator.read(page).split('href="')[1:]]

    [whatsapp] = [link for link in links if link.startswith("https://wa.me/")]
    [sms] = [link for link in links if link.startswith("sms:")]
    address = f"http://marhaba.example.org/b/{page_secret(KEYS, amina.badge_id)}"
    words = f"شارة الدخول الخاصة بكم وحدكم:\n{address}"
    assert urlsplit(whatsapp).path == "/212612345678"
    assert parse_qs(urlsplit(whatsapp).query) == {"text": [words]}
    assert urlsplit(sms).path == "+212612345678"
    assert parse_qs(urlsplit(sms).query) == {"body": [words]}


def test_nothing_is_shared_of_somebody_on_the_reserve_list(organiser, database, event):
    full = factories.a_delegation(database, event, "Salé", quota=0)
    waiting = factories.a_participant(database, event, "Bahia", delegation=full)

    page = organiser.read(f"{LIST}/{waiting.participant_id}")

    assert ("wa.me" in page, "/b/" in page) == (False, False)


def test_a_lost_badge_is_replaced_once_however_often_the_button_is_pressed(
    coordinator, database, page
):
    for _ in range(2):
        coordinator.send(page, f"{page}/reissue", reason="perdu", issue="1")

    assert issues(database) == [(1, True), (2, False)]
    assert "Édition 2" in coordinator.read(page)


@pytest.mark.parametrize(("ticked", "sent"), [({"tell": "yes"}, ["replaced"]), ({}, [])])
def test_who_replaces_a_badge_is_asked_whether_an_e_mail_brings_it_and_shown_the_message(
    organiser, database, event, delegation, ticked, sent
):
    amina = factories.a_participant(
        database, event, "Amina", delegation=delegation, email="amina@example.org"
    )
    address = f"{LIST}/{amina.participant_id}"
    with database.read() as session:
        before = set(session.scalars(select(Message.id)))
    page = organiser.read(address)

    organiser.send(address, f"{address}/reissue", reason="perdu", asked="yes", **ticked)

    assert "Envoyer le nouveau badge à cette personne par e-mail" in page
    assert f"{address}/message/replaced" in page
    assert "nouveau badge" in organiser.read(f"{address}/message/replaced")
    with database.read() as session:
        messages = session.scalars(select(Message).order_by(Message.created_at)).all()
        assert [one.kind for one in messages if one.id not in before] == sent


def test_a_revoked_badge_cannot_be_printed_and_the_page_says_so(coordinator, database, page):
    coordinator.send(page, f"{page}/revoke", reason="volé")

    assert issues(database) == [(1, True)]
    assert "a été révoqué, et aucun autre" in coordinator.read(page)
    assert coordinator.send(page, f"{page}/print", design="card").status_code == 404
    assert coordinator.open(f"{page}/badge.pdf").status_code == 404


@pytest.mark.parametrize("act", ["", "/badge.pdf"])
def test_a_coordinator_opens_nobody_elses_badge(coordinator, database, event, act):
    other = factories.a_delegation(database, event, "Salé", quota=5)
    stranger = factories.a_participant(database, event, "Zineb Tazi", delegation=other)

    assert coordinator.open(f"{LIST}/{stranger.participant_id}{act}").status_code == 404


@pytest.mark.parametrize("act", ["print", "reissue", "revoke"])
def test_a_coordinator_does_nothing_to_anybody_elses_badge(coordinator, database, event, page, act):
    other = factories.a_delegation(database, event, "Salé", quota=5)
    stranger = factories.a_participant(database, event, "Zineb Tazi", delegation=other)

    path = f"{LIST}/{stranger.participant_id}/{act}"
    assert coordinator.send(page, path, design="card", reason="x").status_code == 404
    assert issues(database) == [(1, False), (1, False)]
    assert prints(database) == []


def test_a_supervisor_replaces_badges_but_revokes_none_without_another(signed_in, database, page):
    supervisor = signed_in(Role.SUPERVISOR)

    assert supervisor.send(page, f"{page}/revoke", reason="x").status_code == 403
    assert supervisor.send(page, f"{page}/reissue", reason="x").status_code == 303
    assert issues(database) == [(1, True), (2, False)]


def test_the_list_leads_to_each_persons_page(organiser, page):
    assert f'href="{page}"' in organiser.read(LIST)
