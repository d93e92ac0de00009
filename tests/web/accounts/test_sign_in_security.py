"""Signing in: a new session, no hint who has an account, no redirect to other sites."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, LinkPurpose, Operator, Role
from checkin.services.accounts.failed_sign_ins import FAILURES
from checkin.services.accounts.operators import disable
from checkin.services.accounts.password_links import issue_link
from checkin.web.site.state import EXTENSION
from tests.support.factories import KEYS, NOW, write
from tests.web.browsing import PASSWORD, Browsing, an_operator


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.ADMINISTRATOR)


def test_signing_in_gives_a_session_that_nobody_knew_before(app, database, event):
    an_operator(database, Role.ORGANISER)
    browsing = Browsing(app)
    browsing.open("/login")
    planted = browsing._client.get_cookie("session").value

    browsing.sign_in("organiser@example.org", PASSWORD)
    first = browsing.session()["_user_id"]
    browsing.send("/", "/logout")
    browsing.sign_in("organiser@example.org", PASSWORD)

    assert browsing.session()["_user_id"] != first
    thief = app.test_client()
    thief.set_cookie("session", planted)
    assert thief.get("/").status_code == 302


def test_the_cookie_is_kept_from_scripts_and_other_sites(app, database, event):
    an_operator(database, Role.ORGANISER)
    answer = Browsing(app).sign_in("organiser@example.org", PASSWORD)

    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_cookie_is_signed_with_sha_256(app):
    serializer = app.session_interface.get_signing_serializer(app)

    assert serializer.make_signer(serializer.salt).digest_method().name == "sha256"


def test_a_disabled_account_is_refused_as_an_unknown_one(app, database, chief):
    viewer = an_operator(database, Role.VIEWER)
    write(database, lambda s: disable(s, s.get_one(Operator, viewer.id), now=NOW, by=None))

    def told(email):
        answer = Browsing(app).sign_in(email, PASSWORD)
        lines = answer.text.replace(email, "").splitlines()
        return answer.status_code, [line for line in lines if "csrf_token" not in line]

    assert told("viewer@example.org") == told("nobody@example.org")


def test_guessing_from_one_address_is_slowed_down_whatever_the_account(app, monkeypatch):
    began, browsing = datetime.now(UTC), Browsing(app)
    # A busy machine needs more than the minute in which they are counted.
    monkeypatch.setattr(app.extensions[EXTENSION].limits, "clock", lambda: began)
    answers = [browsing.sign_in(f"{n}@example.org", PASSWORD).status_code for n in range(301)]

    assert answers == [401] * 300 + [429]


@pytest.mark.parametrize("form", ["/login", "/login/code"])
@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_address_leads_to_another_site(app, chief, form, elsewhere):
    assert chief.open(f"{form}?next={elsewhere}").location in ("/", "/login")
    page = chief.read(f"/?lang=ar&next={elsewhere}")
    assert 'href="//evil' not in page


def test_a_secret_of_an_hour_ago_is_no_secret_of_now(database):
    """Addresses that people are sent hold 120 bits and more, and not the time they were made."""
    operator = an_operator(database, Role.VIEWER)
    made = {
        write(
            database,
            lambda s: issue_link(
                s, s.get_one(Operator, operator.id), LinkPurpose.RESET, now=datetime.now(UTC)
            ),
        ).secret
        for _ in range(20)
    }

    assert len(made) == 20
    assert all(len(secret) == 32 and KEYS.sessions.hex() not in secret for secret in made)


def failures(app, database) -> list[tuple[str, int | None, str]]:
    app.extensions[EXTENSION].background_tasks.wait()
    with database.read() as session:
        rows = session.scalars(select(Activity).where(Activity.action.in_(FAILURES)))
        return [(row.action, row.operator_id, str(row.details)) for row in rows]


def test_a_failed_sign_in_is_in_the_log_without_what_was_typed(app, database, chief):
    viewer = an_operator(database, Role.VIEWER)
    for email in ("viewer@example.org", "nobody@example.org"):
        Browsing(app).sign_in(email, "un secret tapé")

    network = "'network': '127.0.0.0/24'"
    assert failures(app, database) == [
        ("operator.sign_in_failed", None, f"{{{network}, 'account': {viewer.id}}}"),
        ("operator.sign_in_failed", None, f"{{{network}}}"),
    ]
    page = chief.read("/activity")
    assert "connexion refusée\u00a0: e-mail ou mot de passe faux" in page
    assert "Poste viewer" in page
    assert "nobody@" not in page


def test_writing_it_down_waits_until_after_the_answer(app, database, monkeypatch):
    """Else the answer would take longer for whoever has an account."""
    done = []
    monkeypatch.setattr(app.extensions[EXTENSION].background_tasks, "do", done.append)
    an_operator(database, Role.VIEWER)

    for email in ("viewer@example.org", "nobody@example.org"):
        Browsing(app).sign_in(email, "un secret tapé")

    assert len(done) == 2
