"""What browsers are told where the connection is HTTPS, and only there."""

from __future__ import annotations

import dataclasses

import pytest

from checkin.db.models import Role
from checkin.domain.network.proxies import trusted_networks
from checkin.services.network.certificates.authority import Authority
from checkin.settings import Settings
from checkin.web.site.state import API, EXTENSION
from tests.support import factories
from tests.web.browsing import PASSWORD, Browsing, an_operator

PROXY = {"REMOTE_ADDR": "127.0.0.1"}
OVER_HTTPS = {"X-Forwarded-Proto": "https"}
HSTS = "Strict-Transport-Security"
PATHS = ("/login", "/healthz", "/no/such/page")


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    """Behind a proxy that may speak HTTPS with people."""
    return Settings(
        home=tmp_path,
        database_url=database_url,
        master_key=factories.MASTER_KEY.hex(),
        base_url="http://marhaba.example.org",
        trusted_proxies=trusted_networks("127.0.0.1"),
    )


def asked(app, path, **headers):
    return app.test_client().get(path, headers=headers, environ_overrides=PROXY)


def cookie(app, **headers):
    """Return the name of the session's cookie, and its attributes."""
    [text] = asked(app, "/login", **headers).headers.getlist("Set-Cookie")
    name, *attributes = text.split("; ")
    return name.partition("=")[0], {"Secure", "Path=/", "Path=/marhaba"} & set(attributes)


def test_behind_a_proxy_with_https_the_name_is_for_https_alone_for_a_year(app):
    said = [asked(app, path, **OVER_HTTPS).headers.get(HSTS) for path in PATHS]

    assert said == ["max-age=31536000"] * 3


def test_over_http_nothing_is_said_of_https(app):
    assert [asked(app, path).headers.get(HSTS) for path in PATHS] == [None] * 3


def test_with_an_authority_of_our_own_the_name_stays_open_to_http(app):
    own = dataclasses.replace(app.extensions[EXTENSION], authority=Authority(b""))
    app.extensions[EXTENSION] = app.extensions[API].extensions[EXTENSION] = own

    assert [asked(app, path, **OVER_HTTPS).headers.get(HSTS) for path in PATHS] == [None] * 3


def test_over_https_the_cookie_is_the_hosts_alone(app):
    assert cookie(app, **OVER_HTTPS) == ("__Host-session", {"Secure", "Path=/"})


def test_over_http_the_cookie_has_a_name_that_browsers_take_there(app):
    assert cookie(app) == ("session", {"Path=/"})


def test_behind_a_path_the_cookie_is_called_after_it(app):
    """`__Host-` wants the path `/`: browsers would drop such a cookie here."""
    below = {"X-Forwarded-Prefix": "/marhaba"}

    assert cookie(app, **below) == ("session-marhaba", {"Path=/marhaba"})
    guarded = ("__Secure-session-marhaba", {"Secure", "Path=/marhaba"})
    assert cookie(app, **below, **OVER_HTTPS) == guarded


@pytest.mark.parametrize(("scheme", "cleared"), [("https", '"cache"'), ("http", None)])
def test_signing_out_clears_what_the_browser_keeps_where_it_obeys(app, database, scheme, cleared):
    an_operator(database, Role.ORGANISER)
    browsing = Browsing(app)
    browsing.through_proxy(scheme)
    browsing.sign_in(f"{Role.ORGANISER}@example.org", PASSWORD)

    answer = browsing.send("/", "/logout")

    assert (answer.location, answer.headers.get("Clear-Site-Data")) == ("/login", cleared)
