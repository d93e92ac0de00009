"""Whoever changes an account has signed in, or given their password, a moment ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from checkin.db.models import Operator, OperatorSession, Role
from checkin.services.accounts.sessions import CONFIRMED_FOR
from tests.support.factories import write
from tests.web.browsing import PASSWORD, Browsing

#: the forms that change accounts or the mail server, take a backup away or end sessions, written
#: out once more
FORMS = (
    "/account/sessions/1/end",
    "/account/sessions/end-others",
    "/account/second-factor",
    "/account/second-factor/begin",
    "/account/second-factor/codes",
    "/account/second-factor/off",
    "/account/first-password",
    "/mail/settings",
    "/mail/returned",
    "/backup/file",
    "/backup/key-sheet",
    "/telephone/settings",
    "/account/passkeys",
    "/account/passkeys/1/remove",
    "/operators",
    "/operators/1",
    "/operators/1/disable",
    "/operators/1/enable",
    "/operators/1/link",
    "/operators/1/second-factor/reset",
    "/operators/1/provider/forget",
    "/operators/provider",
    "/operators/1/sessions/1/end",
    "/operators/1/sessions/end",
    "/pins/1",
)
NEW = {"name": "Samira Alaoui", "email": "samira@example.org", "role": "organiser"}


@pytest.fixture
def chief(signed_in, database) -> Browsing:
    """An administrator who signed in some time ago."""
    browsing = signed_in(Role.ADMINISTRATOR)
    long_ago = datetime.now(UTC) - CONFIRMED_FOR
    write(database, lambda s: s.execute(update(OperatorSession).values(confirmed_at=long_ago)))
    return browsing


def asks(answer) -> bool:
    return answer.status_code == 403 and 'name="confirmation"' in answer.text


def has_account(database, email) -> bool:
    with database.read() as session:
        return session.scalar(select(Operator.id).where(Operator.email == email)) is not None


def test_every_form_that_changes_an_account_asks_for_the_password(chief):
    token = chief.token("/account")

    answers = {form: chief.send_without_token(form, csrf_token=token) for form in FORMS}

    assert [form for form, answer in answers.items() if not asks(answer)] == []


def test_no_form_of_an_account_is_left_out(app):
    """Every form for people with an account that lies under these addresses is in the list."""
    addresses = (r"/account/.+", r"/operators.*", r"/pins/.+")
    rules = [rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods]
    found = {re.sub(r"<.+?>", "1", r) for r in rules if any(re.fullmatch(a, r) for a in addresses)}

    # The first asks for the password until now in its own form, the second changes nothing.
    assert found - set(FORMS) == {"/account/password", "/operators/provider/test"}


def test_what_was_filled_in_is_sent_with_the_password(chief, database):
    asked = chief.send("/operators", **NEW, language="fr")
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    assert asks(asked)
    assert not has_account(database, NEW["email"])

    sent = chief.send_without_token("/operators", **kept, confirmation=PASSWORD)

    assert sent.status_code == 201
    assert has_account(database, NEW["email"])


def test_a_wrong_password_changes_nothing_and_is_limited(chief, database):
    def tried(password):
        return chief.send("/account", "/operators", **NEW, confirmation=password)

    answers = [tried("une phrase fausse") for _ in range(10)]

    assert all(asks(one) for one in answers)
    assert "pas votre mot de passe" in answers[0].text
    assert tried(PASSWORD).status_code == 429
    assert not has_account(database, NEW["email"])


def test_the_right_one_holds_for_a_while_and_changes_the_secret_of_the_session(
    app, chief, database
):
    copied = chief.cookie("session").value

    chief.send("/operators", **NEW, confirmation=PASSWORD)

    assert chief.send("/operators", **NEW | {"email": "omar@example.org"}).status_code == 201
    thief = app.test_client()
    thief.set_cookie("session", copied)
    assert thief.get("/").location == "/login?next=/"


def test_a_session_of_before_this_was_known_asks(chief, database):
    write(database, lambda s: s.execute(update(OperatorSession).values(confirmed_at=None)))

    assert asks(chief.send("/operators", **NEW))


def test_a_moment_before_the_end_nobody_is_asked(chief, database):
    lately = datetime.now(UTC) - CONFIRMED_FOR + timedelta(minutes=1)
    write(database, lambda s: s.execute(update(OperatorSession).values(confirmed_at=lately)))

    assert chief.send("/operators", **NEW).status_code == 201
