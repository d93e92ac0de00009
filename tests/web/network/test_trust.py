"""The page about trust, the authority's certificate, and forms over HTTPS."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import UTC, datetime

import pytest

from checkin.app import create_app
from checkin.protocol.fingerprints import beginning, fingerprint_of, in_pairs
from checkin.services.network.certificates.authority import VARIABLE, authority_of, own_authority
from checkin.web.site.state import EXTENSION
from tests.web.browsing import PASSWORD

DEVICES = "/events/rabat-2025/devices"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def folder(tmp_path):
    own_authority(tmp_path / "tls", datetime.now(UTC))
    return tmp_path / "tls"


@pytest.fixture
def authority(folder):
    return authority_of(folder)


@pytest.fixture
def app(settings, folder, monkeypatch):
    """A server whose certificate is of its own making."""
    monkeypatch.setenv(VARIABLE, str(folder))
    app = create_app(settings)
    app.testing = True
    yield app
    app.extensions[EXTENSION].background_tasks.wait()
    app.extensions[EXTENSION].live.close()
    app.extensions[EXTENSION].database.dispose()


@pytest.fixture
def plain_app(settings, monkeypatch):
    """A server over http, or behind a proxy with a real certificate."""
    monkeypatch.delenv(VARIABLE, raising=False)
    app = create_app(settings)
    yield app
    app.extensions[EXTENSION].live.close()
    app.extensions[EXTENSION].database.dispose()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Faire confiance à ce serveur"),
        ("ar", "الوثوق بهذا الخادم"),
        ("en", "Trust this server"),
    ],
)
def test_the_page_shows_the_fingerprint_and_leads_to_the_certificate(
    app, authority, language, said
):
    page = app.test_client().get(f"/trust?lang={language}")

    assert page.status_code == 200
    assert said in page.text
    assert beginning(authority.fingerprint) in page.text
    assert in_pairs(authority.fingerprint) in page.text.replace("<wbr>", "")
    assert 'href="/marhaba-ca.crt"' in page.text


def test_the_authority_s_certificate_is_downloaded_with_its_content_type(app, authority):
    der, pem = (app.test_client().get(f"/marhaba-ca.{kind}") for kind in ("crt", "pem"))

    assert {der.mimetype, pem.mimetype} == {"application/x-x509-ca-cert"}
    assert fingerprint_of(der.data) == authority.fingerprint
    assert pem.data == authority.pem


@pytest.mark.parametrize(
    ("agent", "opened"),
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/140 Mobile Safari", "android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari", "iphone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit Chrome/140 Safari", "windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) AppleWebKit Safari", "macos"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit Chrome/140 Safari", "linux"),
        ("", ""),
    ],
)
def test_the_steps_for_the_readers_own_system_are_open(app, agent, opened):
    page = app.test_client().get("/trust", headers={"User-Agent": agent})

    found = re.findall(r'<details class="card stack" id="(\w+)" open>', page.text)
    assert found == ([opened] if opened else [])


def test_without_an_authority_of_its_own_the_page_says_what_to_do(plain_app):
    client = plain_app.test_client()

    over_http = client.get("/trust?lang=en")
    over_https = client.get("/trust?lang=en", base_url="https://localhost")

    assert "opened at an http:// address" in over_http.text
    assert "nothing to do" in over_https.text
    assert "marhaba-ca" not in over_http.text + over_https.text
    assert client.get("/marhaba-ca.crt").status_code == 404
    assert "/trust" not in client.get("/login").text


def test_sign_in_and_the_devices_page_link_to_the_trust_page(app, organiser, event, authority):
    assert 'href="/trust"' in app.test_client().get("/login").text
    page = organiser.read(DEVICES)
    assert 'href="/trust"' in page
    assert authority.check in page


def test_the_pairing_link_ends_with_the_fingerprint_that_a_person_can_compare(
    organiser, event, authority
):
    page = organiser.send(DEVICES, f"{DEVICES}/pairing", gate="Porte 1").text

    (link,) = re.findall(r"http://\S+/scan#pair=[0-9A-Z]{8}\S*(?=</bdi>)", page)
    assert link.endswith(f"&amp;ca={authority.fingerprint.upper()}")
    assert f'class="check">{beginning(authority.fingerprint)}<' in page


def test_the_pairing_qr_is_small_enough_for_a_webcam(organiser, event, authority):
    """Digits in capitals take a third less room: 41 modules and not 45."""
    page = organiser.send(DEVICES, f"{DEVICES}/pairing", gate="Porte 1").text

    (picture,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    (width,) = re.findall(r'viewBox="0 0 (\d+) ', b64decode(picture).decode())
    assert int(width) <= 41 + 8


class TestFormsOverHttps:
    """Flask-WTF compares over HTTPS where a form comes from."""

    def sign_in(self, app, referrer):
        client = app.test_client()
        page = client.get("/login", base_url="https://192.168.1.20:8443")
        fields = {
            "csrf_token": _TOKEN.search(page.text)[1],
            "email": "organiser@example.org",
            "password": PASSWORD,
        }
        headers = {"Referer": referrer} if referrer else {}
        answer = client.post(
            "/login", data=fields, headers=headers, base_url="https://192.168.1.20:8443"
        )
        return page.headers["Referrer-Policy"], answer.status_code

    def test_a_form_of_this_site_is_accepted_and_one_of_another_site_is_not(self, app, organiser):
        """What Chromium really sends under this policy, tests/browser/test_tls_day.py proves."""
        ours = self.sign_in(app, "https://192.168.1.20:8443/login")
        strangers = self.sign_in(app, "https://example.org/login")
        untold = self.sign_in(app, "")

        assert ours == ("same-origin", 302)
        assert (strangers[1], untold[1]) == (400, 400)
