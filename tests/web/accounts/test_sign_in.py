"""Signing in and out."""

from __future__ import annotations

import pytest

from checkin.db.models import Operator, Role
from checkin.services.accounts.operators import set_password
from tests.support.factories import NOW, write
from tests.web.browsing import PASSWORD, Browsing, an_operator

EMAIL = "organiser@example.org"


@pytest.fixture
def operator(database, event) -> Operator:
    return an_operator(database, Role.ORGANISER)


@pytest.fixture
def browsing(app, operator) -> Browsing:
    return Browsing(app)


def test_a_stranger_is_sent_to_the_form_and_then_to_where_they_wanted(browsing):
    refused = browsing.open("/events/rabat-2025/board?wall=1")
    assert refused.location == "/login?next=/events/rabat-2025/board?wall%3D1"

    response = browsing.sign_in(EMAIL, PASSWORD, then="?next=/events/rabat-2025/board?wall%3D1")

    assert (response.status_code, response.location) == (302, "/events/rabat-2025/board?wall=1")


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "une phrase fausse"), ("nobody@example.org", PASSWORD), ("", ""), (EMAIL, "x" * 5000)],
)
def test_whether_an_email_has_an_account_is_not_told(browsing, email, password):
    response = browsing.sign_in(email, password)

    told = response.text.replace(email, "") if email else response.text
    expected = browsing.sign_in(EMAIL, "wrong wrong").text.replace(EMAIL, "")
    assert response.status_code == 401
    assert without_tokens(told) == without_tokens(expected)


def without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf_token" not in line)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/a%0d"],
)
def test_signing_in_never_leads_to_another_site(browsing, elsewhere):
    response = browsing.sign_in(EMAIL, PASSWORD, then=f"?next={elsewhere}")

    assert (response.status_code, response.location) == (302, "/")


def test_a_form_without_its_token_is_refused(browsing):
    response = browsing.send_without_token("/login", email=EMAIL, password=PASSWORD)

    assert response.status_code == 400
    assert browsing.open("/").location.startswith("/login")


def test_signing_in_starts_a_new_session_that_keeps_only_the_language(browsing):
    browsing.open("/login?lang=ar")
    before = browsing.session()

    browsing.sign_in(EMAIL, PASSWORD)

    after = browsing.session()
    assert after["language"] == before["language"] == "ar"
    assert after.get("csrf_token") != before["csrf_token"]


def test_signing_out_ends_the_session(browsing):
    browsing.sign_in(EMAIL, PASSWORD)

    response = browsing.send("/", "/logout")

    assert response.location == "/login"
    assert browsing.open("/").location == "/login?next=/"


def test_a_new_password_ends_the_sessions_under_the_old_one(browsing, database, operator):
    browsing.sign_in(EMAIL, PASSWORD)

    write(
        database,
        lambda s: set_password(s, s.get_one(Operator, operator.id), "une autre phrase", now=NOW),
    )

    assert browsing.open("/").location == "/login?next=/"


def test_a_disabled_operator_is_out_at_once_and_cannot_come_back(browsing, database, operator):
    browsing.sign_in(EMAIL, PASSWORD)

    def disable(session):
        session.get_one(Operator, operator.id).disabled_at = NOW

    write(database, disable)

    assert browsing.open("/").location == "/login?next=/"
    assert browsing.sign_in(EMAIL, PASSWORD).status_code == 401


def test_guessing_is_slowed_down_for_one_account_and_not_for_others(browsing, database):
    an_operator(database, Role.VIEWER)
    guesses = [browsing.sign_in(EMAIL, f"guess no. {n}").status_code for n in range(11)]

    assert guesses == [401] * 10 + [429]
    assert browsing.sign_in("viewer@example.org", PASSWORD).status_code == 302
