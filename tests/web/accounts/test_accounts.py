"""Accounts in the browser: invitations, links, changes, and a forgotten password."""

from __future__ import annotations

import email
import email.policy
import re

import pytest
from sqlalchemy import select

from checkin.db.models import Operator, PasswordLink, Role
from checkin.settings import Settings
from checkin.web.site.state import EXTENSION
from tests.services.mail.mail_server import mail_server
from tests.web.browsing import PASSWORD, Browsing, an_operator

EMAIL = "samira@example.org"
FRESH = "trois ânes sous la pluie"
_LINK = re.compile(r"/password/[\w-]+")


@pytest.fixture
def chief(signed_in) -> Browsing:
    return signed_in(Role.ADMINISTRATOR)


@pytest.fixture
def letters(tmp_path):
    """A function that returns what was mailed into files, the oldest first."""

    def taken():
        files = sorted((tmp_path / "outbox").glob("*.eml"), key=lambda one: one.stat().st_mtime_ns)
        return [
            email.message_from_bytes(one.read_bytes(), policy=email.policy.default) for one in files
        ]

    return taken


def invite(chief, **fields):
    wanted = {"name": "Samira Alaoui", "email": EMAIL, "role": "organiser", "language": "fr"}
    return chief.send("/operators", **{**wanted, **fields})


def link_in(text: str) -> str:
    found = _LINK.search(text)
    assert found, text
    return found[0]


def choose(app, link, password=FRESH, again=None):
    return Browsing(app).send(link, password=password, again=again or password)


def operator_called(database, address) -> Operator:
    with database.read() as session:
        return session.scalars(select(Operator).where(Operator.email == address)).one()


def test_who_is_invited_chooses_a_password_by_the_mailed_link(app, chief, letters):
    response = invite(chief)
    [letter] = letters()

    link = link_in(letter.get_body(("plain",)).get_content())
    assert (response.status_code, letter["To"]) == (201, EMAIL)
    assert link in response.text

    chosen = choose(app, link)
    assert (chosen.status_code, chosen.location) == (303, "/login")
    assert Browsing(app).sign_in(EMAIL, FRESH).status_code == 302


def test_the_letter_is_in_the_language_of_whoever_gets_it(chief, letters):
    invite(chief, language="ar")

    [letter] = letters()
    assert letter["Subject"] == "حسابكم في مرحبا"
    assert '<html lang="ar" dir="rtl">' in letter.get_body(("html",)).get_content()


def test_the_letter_has_a_button_and_the_address_to_copy_and_says_until_when_in_words(
    chief, letters
):
    invite(chief)

    [letter] = letters()
    html = letter.get_body(("html",)).get_content()
    plain = letter.get_body(("plain",)).get_content()
    link = link_in(plain)
    assert re.search(
        rf'<a class="button" href="[^"]*{link}"[^>]*>Choisir mon mot de passe</a>', html
    )
    assert html.count(link) == 2
    assert re.search(r"jusqu’au \w+ \d+ \w+ \d{4} à \d\d:\d\d \(UTC\)", plain)


def test_a_name_is_text_in_the_letter_and_nothing_else(chief, letters):
    invite(chief, name="Samira <b>Alaoui</b>")

    [letter] = letters()
    assert "<b>" not in letter.get_body(("html",)).get_content()


def test_where_the_mail_does_not_leave_the_link_is_handed_over(app, chief, tmp_path):
    (tmp_path / "outbox").write_text("a file where the folder would be")

    response = invite(chief)

    assert "Le message n’est pas parti" in response.text
    assert choose(app, link_in(response.text)).status_code == 303


def test_invitations_leave_by_a_real_mail_server(app, chief, tmp_path):
    with mail_server(tmp_path / "desk") as smtp:
        state = app.extensions[EXTENSION]
        given = state.settings.model_dump(exclude_unset=True)
        settings = Settings(**given, mail_url=smtp.url, mail_from="badges@example.org")
        object.__setattr__(state, "settings", settings)
        invite(chief)
        [letter] = smtp.taken()

    assert letter["To"] == EMAIL
    assert choose(app, link_in(letter.get_body(("plain",)).get_content())).status_code == 303


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "administrator@example.org"}, "a déjà un compte"),
        ({"email": "samira"}, "nom@domaine"),
        ({"name": " "}, "aucun nom"),
        ({"role": "coordinator"}, "appartient à une délégation"),
        ({"delegation": "1"}, "appartient à une délégation"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(chief, fields, sentence):
    response = invite(chief, **fields)

    assert response.status_code == 400
    assert sentence in response.text
    assert 'aria-invalid="true"' in response.text
    kept = {"email": EMAIL, "name": "Samira Alaoui"} | fields
    assert f'value="{kept["email"]}"' in response.text


def test_an_address_that_looks_mistyped_is_asked_about_before_an_account_is_opened(chief, letters):
    asked = invite(chief, email="samira@gmial.com")
    before = letters()
    invite(chief, email="samira@gmial.com", email_right="samira@gmial.com")

    assert (asked.status_code, before) == (400, [])
    assert "vouliez-vous écrire \u2068samira@gmail.com\u2069" in asked.text
    assert 'name="email_right" value="samira@gmial.com"' in asked.text
    assert [letter["To"] for letter in letters()] == ["samira@gmial.com"]


def test_another_role_ends_the_sessions_under_the_old_one(app, chief, database, delegation):
    viewer = an_operator(database, Role.VIEWER)
    browsing = Browsing(app)
    browsing.sign_in(viewer.email, PASSWORD)

    chief.send(
        f"/operators/{viewer.id}", name="V", role="coordinator", delegation=str(delegation.id)
    )

    assert browsing.open("/").location == "/login?next=/"
    assert operator_called(database, viewer.email).delegation_id == delegation.id


def test_the_last_administrator_is_told_why_they_stay(chief, database):
    me = operator_called(database, "administrator@example.org")

    demoted = chief.send(f"/operators/{me.id}", name="Moi", role="viewer")
    disabled = chief.send(f"/operators/{me.id}", f"/operators/{me.id}/disable")

    assert (demoted.status_code, disabled.status_code) == (409, 409)
    assert "dernier administrateur" in demoted.text
    assert "dernier administrateur" in disabled.text


def test_a_disabled_account_is_out_at_once_until_it_is_enabled(app, chief, database):
    viewer = an_operator(database, Role.VIEWER)
    browsing = Browsing(app)
    browsing.sign_in(viewer.email, PASSWORD)
    page = f"/operators/{viewer.id}"

    chief.send(page, page + "/disable")
    assert browsing.open("/").location == "/login?next=/"
    assert browsing.sign_in(viewer.email, PASSWORD).status_code == 401

    chief.send(page, page + "/enable")
    assert Browsing(app).sign_in(viewer.email, PASSWORD).status_code == 302


def test_a_reset_ends_the_password_and_the_sessions(app, chief, database):
    viewer = an_operator(database, Role.VIEWER)
    browsing = Browsing(app)
    browsing.sign_in(viewer.email, PASSWORD)

    response = chief.send(f"/operators/{viewer.id}", f"/operators/{viewer.id}/link")

    assert browsing.open("/").location == "/login?next=/"
    assert browsing.sign_in(viewer.email, PASSWORD).status_code == 401
    assert choose(app, link_in(response.text)).status_code == 303
    assert browsing.sign_in(viewer.email, FRESH).status_code == 302


def test_a_weak_password_is_refused_with_what_to_do_and_the_link_still_works(app, chief):
    link = link_in(invite(chief).text)

    common, personal, short, different = (
        choose(app, link, password, again)
        for password, again in [
            ("passwordpassword", None),
            ("Samira Alaoui 1", None),
            ("court", None),
            (FRESH, FRESH + "!"),
        ]
    )

    assert [r.status_code for r in (common, personal, short, different)] == [400] * 4
    assert "se devine" in common.text
    assert "votre nom" in personal.text
    assert "12 à 200" in short.text
    assert "pas les mêmes" in different.text
    assert choose(app, link).status_code == 303


def test_opening_a_link_uses_nothing_up_and_a_used_one_leads_nowhere(app, chief):
    link = link_in(invite(chief).text)
    opened = [Browsing(app).open(link).status_code for _ in range(3)]

    choose(app, link)

    assert opened == [200] * 3
    assert Browsing(app).open(link).status_code == 404
    assert Browsing(app).open("/password/guessed").status_code == 404


def test_guessed_links_are_slowed_down(app):
    browsing = Browsing(app)

    answers = [browsing.open(f"/password/{n}").status_code for n in range(302)]

    assert answers == [404] * 300 + [429] * 2


def test_a_link_leads_on_however_many_of_its_network_guess(app, chief):
    link = link_in(invite(chief).text)
    browsing = Browsing(app)
    for number in range(301):
        answer = browsing.open(f"/password/{number}")

    assert answer.status_code == 429
    assert browsing.open(link).status_code == 200
    assert choose(app, link).status_code == 303


def asked(app, address):
    response = Browsing(app).send("/forgotten-password", email=address)
    app.extensions[EXTENSION].background_tasks.wait()
    return response


def test_a_forgotten_password_is_chosen_anew_by_mail(app, database, letters):
    an_operator(database, Role.VIEWER)

    asked(app, " Viewer@Example.org ")

    [letter] = letters()
    assert letter["Subject"] == "Mot de passe oublié"
    assert choose(app, link_in(letter.get_body(("plain",)).get_content())).status_code == 303
    assert Browsing(app).sign_in("viewer@example.org", FRESH).status_code == 302


def test_asking_for_a_link_does_not_tell_who_has_an_account(app, database, letters):
    an_operator(database, Role.VIEWER)

    known, unknown = asked(app, "viewer@example.org"), asked(app, "nobody@example.org")

    assert (known.status_code, known.location, known.data) == (
        unknown.status_code,
        unknown.location,
        unknown.data,
    )
    assert len(letters()) == 1


def test_the_answer_waits_for_no_mail_server(app, database, monkeypatch):
    """Whatever is done for a known address is done after the answer."""
    done = []
    monkeypatch.setattr(app.extensions[EXTENSION].background_tasks, "do", done.append)
    an_operator(database, Role.VIEWER)

    for address in ("viewer@example.org", "nobody@example.org"):
        Browsing(app).send("/forgotten-password", email=address)

    assert len(done) == 2
    with database.read() as session:
        assert session.query(PasswordLink).count() == 0


def test_asking_is_slowed_down_for_a_whole_network_at_last(app):
    browsing = Browsing(app)
    answers = [
        browsing.send("/forgotten-password", email=f"{n}@example.org").status_code
        for n in range(301)
    ]

    assert answers == [303] * 300 + [429]


def test_one_address_is_mailed_three_times_an_hour_and_the_page_says_the_same_after_that(
    app, database, monkeypatch
):
    asked_for = []
    monkeypatch.setattr(app.extensions[EXTENSION].background_tasks, "do", asked_for.append)
    variants = ("viewer@example.org", " Viewer@example.org", "VIEWER@EXAMPLE.ORG\u200e")

    answers = [Browsing(app).send("/forgotten-password", email=variants[n % 3]) for n in range(9)]

    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, "/forgotten-password?sent=1")
    }
    assert len(asked_for) == 3
    Browsing(app).send("/forgotten-password", email="other@example.org")
    assert len(asked_for) == 4
