"""A refused form explains the real cause and where to go."""

from __future__ import annotations

import re
from itertools import product

import pytest

from checkin.db.models import Role
from checkin.domain.network.proxies import trusted_networks
from checkin.settings import Settings
from checkin.web.site.refusals.refused_forms import Cause, cause_of
from tests.support import factories
from tests.web.browsing import PASSWORD, an_operator

PUBLIC = "https://event.example.org/marhaba"
UNENCRYPTED = {
    "fr": "À cette adresse, qui n’est pas chiffrée, votre navigateur ne vous garde pas connecté",
    "ar": "هذا العنوان غير مشفَّر، فلا يحفظ فيه متصفحكم دخولكم إلى الحساب",
    "en": "At this address, which is not encrypted, your browser does not keep you signed in",
}
HERE = {"Host": "192.168.1.5:8000"}
FORWARDED = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "event.example.org",
}


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=database_url,
        master_key=factories.MASTER_KEY.hex(),
        base_url=PUBLIC,
        trusted_proxies=trusted_networks("127.0.0.1"),
    )


def sent(app, *, language="fr", origin=None, path="/login", token=None, at=None, **headers):
    """Open a page, send its form, and return what both said.

    Args:
        at: where the browser is; at None it drops `Secure` cookies, as browsers do over HTTP.
        token: other than the form's.
    """
    client = app.test_client(use_cookies=at is not None)
    place = {"base_url": at} if at else {}
    headers = headers if at else {**HERE, **headers}
    page = client.get(f"{path}?lang={language}", headers=headers, **place)
    token = token or re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    more = {"Origin": origin} if origin else {}
    answer = client.post(
        f"{path}?lang={language}",
        data={"csrf_token": token, "email": "organiser@example.org", "password": PASSWORD},
        headers={**headers, **more},
        **place,
    )
    return page, answer


@pytest.mark.parametrize("language", UNENCRYPTED)
@pytest.mark.parametrize("origin", ["http://192.168.1.5:8000", "null", None])
def test_at_an_address_without_encryption_the_right_one_is_told(app, language, origin):
    page, answer = sent(app, language=language, origin=origin)

    assert (page.status_code, answer.status_code) == (200, 400)
    for told in (page.text, answer.text):
        assert UNENCRYPTED[language] in told
        assert f'href="{PUBLIC}/login"' in told


def test_another_form_leads_to_its_own_page(app):
    told = sent(app, path="/forgotten-password")[1].text

    assert UNENCRYPTED["fr"] in told
    assert f'href="{PUBLIC}/forgotten-password"' in told


def test_a_form_without_a_page_of_its_own_leads_to_the_overview(app):
    answer = app.test_client().post("/logout", data={"csrf_token": "x"}, headers=HERE)

    assert (answer.status_code, f'href="{PUBLIC}/"' in answer.text) == (400, True)


@pytest.mark.parametrize(
    "headers",
    [
        FORWARDED,
        {"Sec-Fetch-Site": "none"},  # the proxy is not trusted, but browsers know where they are
    ],
)
def test_where_the_browser_speaks_https_nothing_is_told(app, headers):
    page = app.test_client().get("/login?lang=fr", headers=headers)

    assert UNENCRYPTED["fr"] not in page.text


def test_a_browser_that_keeps_no_cookies_is_told_that(app):
    _, answer = sent(app, origin="https://event.example.org", **FORWARDED)

    assert answer.status_code == 400
    assert "aucun cookie avec ce formulaire" in answer.text
    assert "chiffrée" not in answer.text


def test_a_proxy_that_hides_the_name_is_told_of(app):
    shown = {**FORWARDED, "X-Forwarded-Host": "inner:8000", "Referer": f"{PUBLIC}/login"}
    page, answer = sent(app, at=PUBLIC, **shown)

    assert (page.status_code, answer.status_code) == (200, 400)
    assert "vient de \u2068https://event.example.org\u2069" in answer.text
    assert "arrivé à \u2068https://inner:8000\u2069" in answer.text
    assert f'href="{PUBLIC}/login"' in answer.text


def test_a_hidden_referrer_is_told_of(app):
    _, answer = sent(app, at=PUBLIC, **FORWARDED)

    assert answer.status_code == 400
    assert "cache de quelle page vient ce formulaire" in answer.text


def test_a_session_that_ended_is_still_called_that(app):
    _, answer = sent(app, at=PUBLIC, token="of another session", **FORWARDED)

    assert answer.status_code == 400
    assert "Ce formulaire est resté ouvert trop longtemps" in answer.text


def test_a_form_without_its_token_was_not_understood(app):
    answer = app.test_client().post("/login?lang=fr", data={"email": "a@example.org"})

    assert answer.status_code == 400
    assert "formulaire n’a pas été compris" in answer.text


def test_the_right_address_takes_the_form(app, database, event):
    an_operator(database, Role.ORGANISER)
    headers = {**FORWARDED, "Referer": f"{PUBLIC}/login"}

    _, answer = sent(app, at=PUBLIC, origin="https://event.example.org", **headers)

    assert (answer.status_code, answer.location) == (302, "/marhaba/")


def test_every_fault_has_a_cause():
    faults = [
        "The CSRF token is missing.",
        "The CSRF session token is missing.",
        "The CSRF token has expired.",
        "The CSRF token is invalid.",
        "The CSRF tokens do not match.",
        "The referrer header is missing.",
        "The referrer does not match the host.",
        "something new",
    ]
    found = {
        (told, cookie, secure, encrypted): cause_of(
            told, has_cookie=cookie, cookies_are_secure=secure, encrypted=encrypted
        )
        for told, cookie, secure, encrypted in product(faults, *[[True, False]] * 3)
    }

    session = "The CSRF session token is missing."
    assert set(found.values()) == set(Cause)
    assert found[session, False, True, False] == Cause.UNENCRYPTED
    assert found[session, False, True, True] == Cause.NO_COOKIE
    assert found[session, False, False, False] == Cause.NO_COOKIE
    assert found[session, True, True, False] == Cause.EXPIRED


def test_the_messages_of_the_csrf_library_are_those_that_are_recognised():
    """A new version of Flask-WTF may say it otherwise: then the causes would be told no more."""
    from pathlib import Path

    import flask_wtf.csrf

    from checkin.web.site.refusals import refused_forms

    source = Path(flask_wtf.csrf.__file__).read_text("utf-8")
    assert [told for told in refused_forms._OF_FLASK_WTF if f'"{told}"' not in source] == []
