"""Wallets on the badge's page and in the mail: offered where keys are set, gone with the badge."""

from __future__ import annotations

import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from io import BytesIO

import pytest
from sqlalchemy import update

from checkin.app import create_app
from checkin.db.models import Event
from checkin.errors import SettingsError
from checkin.services.badges.issue import revoke_badge
from checkin.services.badges.page import page_address, page_secret
from checkin.services.badges.wallets import load_wallets
from checkin.services.mail.outbox import PostOffice, send_due
from checkin.services.mail.transport import transport_to
from checkin.settings import Settings, load_settings
from checkin.web.site.state import EXTENSION
from tests.badges.wallet.keys import ISSUER, a_service_account, apple_files
from tests.support import factories
from tests.support.factories import KEYS, write

WORDS = ("Apple Wallet", "Google Wallet")


@pytest.fixture
def event(database):
    """An event that is still to come: wallets are not offered afterwards."""
    event = factories.an_event(database)
    later = datetime.now(UTC) + timedelta(days=3)
    change(database, ends_at=later)
    return event


def change(database, **values):
    write(database, lambda s: s.execute(update(Event).values(values)))


@pytest.fixture
def wallet_settings(tmp_path):
    (tmp_path / "google.json").write_bytes(a_service_account())
    return {
        "apple_wallet": apple_files().write(tmp_path / "apple"),
        "google_wallet": tmp_path / "google.json",
        "google_wallet_issuer": ISSUER,
    }


@pytest.fixture
def app_with(database_url, tmp_path):
    """A function that starts the application with further settings."""
    started = []

    def start(**more):
        settings = Settings(
            home=tmp_path,
            database_url=database_url,
            master_key=factories.MASTER_KEY.hex(),
            **more,
        )
        started.append(create_app(settings))
        return started[-1].test_client()

    yield start
    for app in started:
        app.extensions[EXTENSION].live.close()
        app.extensions[EXTENSION].database.dispose()


@pytest.fixture
def amina(database, event):
    return factories.a_participant(database, event, email="amina@example.org")


@pytest.fixture
def page(amina):
    return f"/b/{page_secret(KEYS, amina.badge_id)}"


def offered(browser, page):
    text = browser.get(page).text
    return [word for word in WORDS if word in text]


def statuses(browser, page):
    return [browser.get(f"{page}/{end}").status_code for end in ("badge.pkpass", "google-wallet")]


def test_without_keys_no_wallet_is_offered(app_with, page):
    browser = app_with()

    assert (offered(browser, page), statuses(browser, page)) == ([], [410, 410])


def test_a_sensitive_event_offers_apples_wallet_alone(app_with, wallet_settings, page):
    browser = app_with(**wallet_settings)

    assert (offered(browser, page), statuses(browser, page)) == (["Apple Wallet"], [200, 410])


def test_googles_is_offered_to_a_sensitive_event_by_a_setting(app_with, wallet_settings, page):
    browser = app_with(**wallet_settings, google_wallet_sensitive=True)

    assert (offered(browser, page), statuses(browser, page)) == (list(WORDS), [200, 303])


def test_an_event_that_is_not_sensitive_offers_both_wallets(
    app_with, database, wallet_settings, page
):
    change(database, sensitive=False)
    browser = app_with(**wallet_settings)

    answer = browser.get(f"{page}/badge.pkpass")

    assert offered(browser, page) == list(WORDS)
    assert answer.headers["Content-Type"] == "application/vnd.apple.pkpass"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "pass.json" in zipfile.ZipFile(BytesIO(answer.data)).namelist()
    link = browser.get(f"{page}/google-wallet").headers["Location"]
    assert link.startswith("https://pay.google.com/gp/v/save/")


def test_wallet_links_end_when_the_badge_is_revoked(
    app_with, database, event, wallet_settings, amina, page
):
    change(database, sensitive=False)
    browser = app_with(**wallet_settings)
    before = statuses(browser, page)

    write(
        database,
        lambda s: revoke_badge(
            s, event, amina.participant_id, reason="leaked", now=datetime.now(UTC)
        ),
    )

    assert (before, statuses(browser, page)) == ([200, 303], [410, 410])


def test_no_wallet_is_offered_to_the_reserve_list(app_with, database, event, wallet_settings):
    full = factories.a_delegation(database, event, "Salé", quota=0)
    waiting = factories.a_participant(database, event, "Bahia", delegation=full)
    browser, page = app_with(**wallet_settings), f"/b/{page_secret(KEYS, waiting.badge_id)}"

    assert (offered(browser, page), statuses(browser, page)) == ([], [410, 410])


def test_no_wallet_is_offered_after_the_event(app_with, database, wallet_settings, page):
    change(database, ends_at=datetime.now(UTC) - timedelta(minutes=1))
    browser = app_with(**wallet_settings)

    assert (offered(browser, page), statuses(browser, page)) == ([], [410, 410])


@pytest.mark.parametrize("sensitive", [True, False])
def test_the_mail_leads_to_the_wallets_by_the_badges_own_page(
    database, event, amina, wallet_settings, tmp_path, sensitive
):
    change(database, sensitive=sensitive)
    settings = Settings(home=tmp_path, base_url="https://marhaba.example.org", **wallet_settings)
    with database.read() as session, closing(transport_to(tmp_path / "outbox")) as transport:
        now = datetime.now(UTC)
        office = PostOffice(
            database,
            session.get_one(Event, event.id),
            KEYS,
            transport,
            settings.mail_sender(session),
            clock=lambda: now,
            wallets=load_wallets(settings.wallet_files, now),
        )
        send_due(office)

    [file] = (tmp_path / "outbox").glob("*.eml")
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    said = "".join(
        str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"
    )
    page = page_address(KEYS, "https://marhaba.example.org", amina.badge_id)
    assert (f"{page}/badge.pkpass" in said, f"{page}/google-wallet" in said) == (
        True,
        not sensitive,
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"apple_wallet": "nowhere"}, "CHECKIN_APPLE_WALLET: nowhere/certificate.pem cannot be"),
        ({"google_wallet": "nowhere"}, "CHECKIN_GOOGLE_WALLET: nowhere cannot be read"),
        ({"google_wallet_issuer": "me"}, "CHECKIN_GOOGLE_WALLET_ISSUER: give the issuer's number"),
        ({"google_wallet": __file__}, "CHECKIN_GOOGLE_WALLET: .* not the key of a service account"),
    ],
)
def test_the_server_does_not_start_with_keys_that_cannot_be_used(
    app_with, wallet_settings, changes, sentence
):
    with pytest.raises(SettingsError, match=sentence):
        app_with(**(wallet_settings | changes))


def test_an_expired_certificate_is_told_at_the_start(app_with, tmp_path):
    folder = apple_files(until=datetime(2024, 1, 1, tzinfo=UTC)).write(tmp_path / "old")

    with pytest.raises(SettingsError, match=r"CHECKIN_APPLE_WALLET: .* valid until 2024-01-01"):
        app_with(apple_wallet=folder)


def test_the_settings_are_read_from_the_environment(tmp_path):
    given = {"CHECKIN_APPLE_WALLET": str(tmp_path), "CHECKIN_GOOGLE_WALLET_SENSITIVE": "true"}

    settings = load_settings(given, tmp_path / "none")

    assert settings.wallet_files.apple == tmp_path
    assert settings.wallet_files.google_for_sensitive
