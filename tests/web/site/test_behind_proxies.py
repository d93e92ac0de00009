"""The client's address and the path prefix of requests through proxies."""

from __future__ import annotations

import json
import logging

import pytest
from sqlalchemy import select

from checkin.app import create_app
from checkin.db.models import Activity, OperatorSession, Role
from checkin.domain.network.proxies import OWN_PATHS, trusted_networks
from checkin.errors import SettingsError
from checkin.services.accounts.failed_sign_ins import FAILURES
from checkin.services.network.unread_forwarding import ForwardingWatch, unread_forwarding
from checkin.settings import Settings, load_settings
from checkin.web.site.addressing.behind_proxies import THROUGH_A_PROXY, behind_proxies
from checkin.web.site.state import API, EXTENSION
from tests.support import factories
from tests.support.factories import NOW
from tests.web.browsing import PASSWORD, Browsing, an_operator

PROXY = "127.0.0.1"
TRUSTED = trusted_networks(PROXY)
AMINA, BILAL = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def databases(sqlite_databases):
    """Databases know nothing of addresses."""
    return sqlite_databases


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=database_url,
        master_key=factories.MASTER_KEY.hex(),
        trusted_proxies=TRUSTED,
    )


def seen(home, *, url="http://localhost:8000", trusted=TRUSTED, path="/login", **environ):
    """Return the environ that the application gets, of what differs from what was sent."""
    got = {}

    def app(environ, _start_response):
        got.update(environ)
        return []

    sent = {
        "REMOTE_ADDR": PROXY,
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "127.0.0.1:8000",
        "SERVER_PORT": "8000",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
    }
    watch = ForwardingWatch(home)
    through = behind_proxies(app, trusted=trusted, public_url=lambda: url, watch=watch)
    through({**sent, **environ}, None)
    return {name: value for name, value in got.items() if value != sent.get(name)}


FORWARDED = {
    "HTTP_X_FORWARDED_FOR": f"192.0.2.66, {AMINA}",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "event.example.org",
    "HTTP_X_FORWARDED_PREFIX": "/marhaba",
}


def test_what_a_trusted_proxy_says_is_what_the_application_sees(tmp_path):
    assert seen(tmp_path, **FORWARDED) == {
        "REMOTE_ADDR": AMINA,
        "wsgi.url_scheme": "https",
        "HTTP_HOST": "event.example.org",
        "SERVER_PORT": "443",
        "SCRIPT_NAME": "/marhaba",
        THROUGH_A_PROXY: True,
    }


@pytest.mark.parametrize("trusted", [(), trusted_networks("10.0.0.0/8")])
def test_what_anybody_else_says_is_taken_away_and_said_once(tmp_path, caplog, trusted):
    with caplog.at_level(logging.WARNING):
        assert seen(tmp_path, trusted=trusted, **FORWARDED) == {THROUGH_A_PROXY: True}

    assert "arrived from 127.0.0.1, whom CHECKIN_TRUSTED_PROXIES does not name" in caplog.text
    assert unread_forwarding(tmp_path, trusted).sender == PROXY
    assert unread_forwarding(tmp_path, TRUSTED) is None  # once it is named, all is well


def test_headers_that_nobody_trusts_are_told_once_and_a_new_start_forgets_them(tmp_path, caplog):
    watch = ForwardingWatch(tmp_path)
    for peer in (PROXY, "10.0.0.1", PROXY):
        watch.saw(peer, NOW)

    assert len(caplog.records) == 1
    kept = unread_forwarding(tmp_path, ())
    assert (kept.sender, kept.at) == (PROXY, NOW)
    ForwardingWatch(tmp_path)
    assert unread_forwarding(tmp_path, ()) is None


def test_of_a_strangers_address_only_the_network_is_kept(tmp_path):
    ForwardingWatch(tmp_path).saw("196.200.1.77", NOW)

    [trace] = [path.read_text("utf-8") for path in tmp_path.iterdir()]
    assert json.loads(trace) == {"sender": "196.200.1.0/24", "at": NOW.isoformat()}


def test_a_home_that_cannot_be_written_keeps_nobody_waiting(tmp_path, caplog):
    ForwardingWatch(tmp_path / "nowhere").saw(PROXY, NOW)

    assert len(caplog.records) == 1
    assert unread_forwarding(tmp_path / "nowhere", ()) is None


def test_an_unreadable_note_about_proxies_is_ignored(tmp_path):
    for text in ("", "[]", "{}", '{"sender": "x", "at": "yesterday"}'):
        (tmp_path / "unread-forwarding.json").write_text(text)
        assert unread_forwarding(tmp_path, ()) is None


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/login", "/login"),
        ("/marhaba/login", "/login"),
        ("/marhaba", "/"),
        ("/marhaba/", "/"),
        ("/marhabax/login", "/marhabax/login"),
        ("/", "/"),
        ("/healthz", "/healthz"),
        ("/marhaba/marhaba", "/marhaba"),
    ],
)
def test_the_path_of_the_public_address_is_before_ours_whether_it_was_taken_off_or_not(
    tmp_path, asked, path
):
    got = seen(tmp_path, url="https://host/marhaba", path=asked)

    assert got.get("PATH_INFO", asked) == path
    assert got["SCRIPT_NAME"] == "/marhaba"


def test_health_checks_of_the_machine_itself_need_no_path(settings):
    app = create_app(settings.model_copy(update={"base_url": "https://host/marhaba"}))
    client = app.test_client()

    for path in ("/healthz", "/readyz", "/marhaba/healthz", "/login", "/static/icon.svg"):
        with client.get(path) as answer:
            assert answer.status_code == 200, path
    app.extensions[EXTENSION].database.dispose()


def test_without_a_path_nothing_is_before_ours(tmp_path):
    assert seen(tmp_path, path="/marhaba/login") == {}


def test_a_trusted_proxy_may_name_another_path(tmp_path):
    got = seen(tmp_path, url="https://host/marhaba", HTTP_X_FORWARDED_PREFIX="/fete")

    assert got["SCRIPT_NAME"] == "/fete"


def test_every_path_of_our_own_is_known_as_one(app):
    """A new page's path must not be a proxy's, either: whether it was taken off is not seen."""
    maps = (app.url_map, app.extensions[API].url_map)
    first = {rule.rule.split("/")[1] for one in maps for rule in one.iter_rules()}

    assert first - {""} - OWN_PATHS == set()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TRUSTED_PROXIES", "127.0.0.1/32,10.0.0.0/33", "CHECKIN_TRUSTED_PROXIES: '10.0.0.0/33'"),
        ("TRUSTED_PROXIES", "127.0.0.1/32;10.0.0.0/8", "CHECKIN_TRUSTED_PROXIES: '127.0.0.1/32;10"),
        ("TRUSTED_PROXIES", "0.0.0.0/0", "CHECKIN_TRUSTED_PROXIES: '0.0.0.0/0' is the whole"),
        (
            "BASE_URL",
            "https://host/events/x",
            "CHECKIN_BASE_URL: https://host/events/x ends with a page",
        ),
        ("BASE_URL", "https://host/a b", "CHECKIN_BASE_URL: https://host/a b has a space"),
        ("BASE_URL", "https://host/?x=1", "CHECKIN_BASE_URL: https://host/?x=1 goes on with"),
    ],
)
def test_a_misspelt_setting_is_refused_with_its_name(tmp_path, name, value, sentence):
    with pytest.raises(SettingsError) as fault:
        load_settings({f"CHECKIN_{name}": value}, tmp_path / "none")

    assert str(fault.value).startswith(sentence)


def test_the_networks_are_read_from_the_environment(tmp_path):
    given = load_settings({"CHECKIN_TRUSTED_PROXIES": " 127.0.0.1, fd00::/8 "}, tmp_path / "none")

    assert given.trusted_proxies == trusted_networks("127.0.0.1/32,fd00::/8")
    assert load_settings({}, tmp_path / "none").trusted_proxies == ()


class Person(Browsing):
    """A browser at an address of its own, behind the proxy."""

    def __init__(self, app, address):
        super().__init__(app)
        self._client.environ_base["HTTP_X_FORWARDED_FOR"] = address


def tries(app, address, codes):
    """Return what wrong pairing codes from an address are answered."""
    client, told = app.test_client(), {"X-Forwarded-For": address}
    body = {"device_name": "x", "software": "x"}
    return [
        client.post(
            "/api/v1/devices/pair", json={**body, "pairing_code": code}, headers=told
        ).status_code
        for code in codes
    ]


def until_too_many(attempt):
    """Repeat until it is answered that it was too often."""
    return any(attempt() == 429 for _ in range(1_000))


def test_wrong_pairing_codes_of_one_client_do_not_touch_another(app, event):
    assert until_too_many(lambda: tries(app, AMINA, ["WRONGCDE"])[0])

    assert tries(app, AMINA, ["WRONGCDE"]) == [429]
    assert tries(app, BILAL, ["WRONGCDE"]) == [401]


def test_failed_sign_ins_of_one_client_do_not_touch_another(app, database, event):
    an_operator(database, Role.ORGANISER)
    numbers = iter(range(10_000))

    def fails():
        return Person(app, AMINA).sign_in(f"{next(numbers)}@example.org", PASSWORD).status_code

    assert until_too_many(fails)
    assert Person(app, BILAL).sign_in("x@example.org", PASSWORD).status_code == 401
    assert Person(app, BILAL).sign_in("organiser@example.org", PASSWORD).status_code == 302


def test_sessions_and_the_log_name_the_clients_network(app, database, event):
    an_operator(database, Role.ORGANISER)
    Person(app, AMINA).sign_in("organiser@example.org", "un mauvais")
    Person(app, f"6.6.6.6, {BILAL}").sign_in("organiser@example.org", PASSWORD)

    app.extensions[EXTENSION].background_tasks.wait()
    with database.read() as session:
        failed = session.scalars(select(Activity).where(Activity.action.in_(FAILURES))).one()
        assert failed.details["network"] == "203.0.113.0/24"
        assert session.scalars(select(OperatorSession.network)).all() == ["198.51.100.0/24"]


class TestWithoutTheSetting:
    """Nobody is believed who says for whom they ask."""

    @pytest.fixture
    def settings(self, settings) -> Settings:
        return settings.model_copy(update={"trusted_proxies": ()})

    def test_another_address_in_a_header_is_no_new_guesser(self, app, event):
        addresses = (f"203.0.113.{n % 250}" for n in range(10_000))

        assert until_too_many(lambda: tries(app, next(addresses), ["WRONGCDE"])[0])

    def test_sessions_name_the_network_of_the_connection(self, app, database, event):
        an_operator(database, Role.ORGANISER)
        Person(app, AMINA).sign_in("organiser@example.org", PASSWORD)

        with database.read() as session:
            assert session.scalars(select(OperatorSession.network)).all() == ["127.0.0.0/24"]
