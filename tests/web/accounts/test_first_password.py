"""The first sign-in with a password that was given: one's own comes first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checkin.db.models import Role
from checkin.services.accounts.operators import add_operator
from tests.support.factories import NOW, write
from tests.web.browsing import Browsing

EMAIL = "samira@example.org"
PAGE = "/account/first-password"
OWN = "trois ânes sous la pluie"


def given(database, at: datetime) -> str:
    """Open an administrator's account and return its first password."""
    account = {"email": EMAIL, "name": "Samira", "role": Role.ADMINISTRATOR, "now": at}
    return write(database, lambda s: add_operator(s, **account).password)


@pytest.fixture
def password(database) -> str:
    return given(database, datetime.now(UTC))


@pytest.fixture
def newcomer(app, event, password) -> Browsing:
    browsing = Browsing(app)
    browsing.sign_in(EMAIL, password)
    return browsing


def choose(browsing, password, again=None):
    return browsing.send(PAGE, password=password, again=again or password)


def test_no_page_opens_before_an_own_password_is_chosen(newcomer):
    pages = ["/", "/operators", "/events/rabat-2025/board", "/account", "/account/second-factor"]

    assert {newcomer.open(page).location for page in pages} == {PAGE}
    assert newcomer.send(PAGE, "/operators").location == PAGE
    assert newcomer.open("/scan").status_code == 200


def test_the_own_password_opens_everything_and_the_first_one_nothing(app, newcomer, password):
    assert choose(newcomer, OWN).location == "/"

    assert newcomer.open("/").status_code == 200
    assert newcomer.open(PAGE).status_code == 200
    assert newcomer.send(PAGE, password=OWN + "!", again=OWN + "!").location == "/account"
    assert Browsing(app).sign_in(EMAIL, password).status_code == 401
    assert Browsing(app).sign_in(EMAIL, OWN).status_code == 302


def test_a_bad_choice_says_why_and_leaves_the_page_there(newcomer, password):
    refused = {
        "pas les mêmes": choose(newcomer, OWN, OWN + "!"),
        "que l’on vous a donné. Choisissez le vôtre": choose(newcomer, password),
        "publié après le piratage": choose(newcomer, "ryTuHUHu4aRUhu"),
    }

    assert {one.status_code for one in refused.values()} == {400}
    assert [why for why, one in refused.items() if why not in one.text] == []
    assert newcomer.open("/").location == PAGE


def test_a_first_password_of_long_ago_says_that_it_has_expired(app, database):
    password = given(database, NOW)
    browsing = Browsing(app)

    refused = browsing.sign_in(EMAIL, password)

    assert refused.status_code == 401
    assert "pas été remplacé en une semaine" in refused.text
    assert "pas été remplacé" not in browsing.sign_in(EMAIL, "une phrase fausse").text
