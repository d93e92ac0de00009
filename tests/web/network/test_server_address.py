"""The page of the server's address, and other pages while no address is set."""

from __future__ import annotations

import re
from html import unescape
from ipaddress import IPv4Address

import pytest
from sqlalchemy import select

from checkin.app import create_app
from checkin.db.models import Role, SelfRegistration
from checkin.domain.network.public_address import AddressSource, Listening
from checkin.services.network import public_address as service
from checkin.services.network.public_address import public_address, write_listening
from checkin.services.people.registering.public_registration import link_address, set_link
from checkin.settings import Settings
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.factories import BASE_URL, NOW, write
from tests.web.browsing import Browsing, an_operator

PAGE = "/server-address"
TELEPHONE = {"REMOTE_ADDR": "192.168.1.44", "HTTP_USER_AGENT": "Android"}


def link_in(page: str) -> str:
    """Return the path of the link that a QR on the page shows."""
    found = re.search(r"(/t/[a-z2-7]+)", page)
    assert found, page
    return found[1]


def opened_on_a_telephone(app, browsing):
    """Open the link of the page with another device."""
    link = link_in(browsing.read(PAGE))
    assert app.test_client().get(link, environ_base=TELEPHONE).status_code == 200


class Unset:
    """An installation for which nobody has set an address."""

    @pytest.fixture
    def settings(self, database_url, tmp_path):
        return Settings(
            home=tmp_path,
            database_url=database_url,
            master_key=factories.MASTER_KEY.hex(),
            second_factor="optional",
        )

    @pytest.fixture
    def chief(self, signed_in):
        return signed_in(Role.ADMINISTRATOR)


class TestNothingLeaves(Unset):
    """Each place from which a link leaves refuses it, and has the field."""

    @pytest.fixture
    def amina(self, database, event, delegation):
        return factories.a_participant(
            database, event, "Amina Alaoui", delegation=delegation, phone="+212612345678"
        )

    @pytest.fixture
    def pages(self, database, event, delegation, amina):
        category = factories.a_category(database, event)

        def work(session):
            set_link(
                session,
                session.merge(delegation),
                is_open=True,
                approval=True,
                category_id=category.id,
                now=NOW,
            )

        write(database, work)
        here = f"/events/rabat-2025/delegations/{delegation.id}"
        return [
            *(f"{here}/badges", f"{here}/link", "/events/rabat-2025/delivery"),
            f"/events/rabat-2025/participants/{amina.participant_id}",
            "/events/rabat-2025/delivery/message/fr",
            "/events/rabat-2025/start/address",
        ]

    def test_pages_without_a_public_address_explain_it_and_have_its_field(self, chief, pages):
        for page in pages:
            shown = chief.read(page)

            assert "(CHECKIN_BASE_URL)" in shown, page
            assert 'id="set-base_url" name="value"' in shown, page
            assert not re.search(r"https?://localhost[^<]*/(?:b|r|t|scan)", shown), page
            assert "wa.me" not in shown, page
            assert "data:image/svg+xml;base64" not in shown, page

    def test_a_coordinator_is_told_to_ask_an_administrator_for_the_address(
        self, coordinator, pages
    ):
        for page in pages[:3]:
            shown = coordinator.read(page)

            assert "(CHECKIN_BASE_URL)" in shown, page
            assert "Un administrateur l’indique" in shown, page
            assert 'value="base_url"' not in shown, page

    @pytest.mark.parametrize(("language", "word"), [("ar", "هذه الآلة"), ("en", "this machine")])
    def test_the_missing_address_is_explained_in_the_reader_s_language(
        self, chief, pages, language, word
    ):
        assert word in chief.read(f"{pages[0]}?lang={language}")

    def test_setting_the_address_on_a_page_leads_back_to_that_page(self, chief, pages, amina):
        saved = chief.send(pages[0], PAGE, value="https://m.example.org/", back=pages[0])

        assert (saved.status_code, saved.location) == (303, pages[0])
        assert "https%3A%2F%2Fm.example.org%2Fb%2F" in chief.read(pages[0])
        assert "CHECKIN_BASE_URL" not in chief.read(pages[1])

    def test_a_poster_is_refused_without_a_public_address(self, chief, pages):
        refused = chief.open(pages[1] + "/qr.png")

        assert refused.status_code == 409
        assert "(CHECKIN_BASE_URL)" in refused.text

    def test_without_a_public_address_only_this_browser_can_be_paired(self, chief):
        for page, action in (
            ("/events/rabat-2025/devices", "/events/rabat-2025/devices/pairing"),
            ("/events/rabat-2025/start/gate", "/events/rabat-2025/start/gate"),
        ):
            shown = chief.send(page, action, gate="Porte 1")

            assert shown.status_code == 201
            assert re.search(r'href="/scan#pair=[A-Z0-9]{8}"', shown.text)
            assert "pairing-qr" not in shown.text
            assert 'id="set-base_url" name="value"' in shown.text
            assert "localhost:8000/scan" not in shown.text

    def test_an_invitation_stays_and_can_be_used_on_this_machine(self, app, chief, tmp_path):
        shown = chief.send(
            *("/operators", "/operators"),
            **{"email": "new@example.org", "name": "N", "role": "viewer", "language": "fr"},
        )

        [link] = re.findall(r'href="(/password/[^"]+)"', shown.text)
        assert "(CHECKIN_BASE_URL)" in shown.text
        assert "localhost:8000/password" not in shown.text
        assert list(tmp_path.glob("outbox/*")) == []
        assert app.test_client().get(link).status_code == 200

    def test_without_a_public_address_no_password_mail_is_promised(self, app, database, tmp_path):
        an_operator(database, Role.VIEWER)
        browsing = Browsing(app)
        asked = browsing.open("/forgotten-password")
        token = re.search('name="csrf_token" value="([^"]+)"', browsing.open("/login").text)[1]

        sent = browsing.send_without_token(
            "/forgotten-password", csrf_token=token, email="viewer@example.org"
        )

        app.extensions[EXTENSION].background_tasks.wait()
        assert (asked.status_code, sent.status_code) == (200, 409)
        assert "(CHECKIN_BASE_URL)" in asked.text
        assert 'name="email"' not in asked.text
        assert list(tmp_path.glob("outbox/*")) == []

    def test_without_a_public_address_a_test_message_is_refused(self, chief, tmp_path):
        page = "/events/rabat-2025/delivery/message/fr"
        refused = chief.send("/events/rabat-2025/devices", page + "/send")

        assert refused.status_code == 409
        assert "(CHECKIN_BASE_URL)" in refused.text
        assert list(tmp_path.glob("outbox/*")) == []

    def test_public_pages_never_show_an_unreachable_sender_address(self, app, database, pages):
        with database.read() as session:
            link = session.scalars(select(SelfRegistration)).one()
            path = link_address(factories.KEYS, "", link)

        assert "marhaba@localhost" not in app.test_client().get(path).text


class TestThePage(Unset):
    """Where the address comes from, and the fields to change it."""

    @pytest.fixture
    def two_networks(self, database, monkeypatch):
        lan = [IPv4Address("192.168.1.20"), IPv4Address("10.8.0.3")]
        monkeypatch.setattr(service, "likely_lan_addresses", lambda: lan)
        write(database, lambda s: write_listening(s, Listening("http", "0.0.0.0", 8222)))

    def test_without_an_address_the_page_says_what_to_do(self, chief):
        shown = chief.read(PAGE)

        assert "http://localhost:8000" in shown
        assert "rien n’a été indiqué" in shown
        assert "--host 0.0.0.0" in shown
        assert "/t/" not in shown

    def test_several_networks_are_shown_and_one_is_chosen(self, chief, two_networks, database):
        shown = chief.read(PAGE)

        chosen = chief.send(PAGE, PAGE + "/lan", value="10.8.0.3")

        assert re.findall(r'name="value" value="([0-9.]+)" required( checked)?', shown) == [
            ("192.168.1.20", " checked"),
            ("10.8.0.3", ""),
        ]
        assert "l’adresse de cette machine sur le réseau" in shown
        assert "ne marche que sur le même réseau" in shown
        assert (chosen.status_code, chosen.location) == (303, PAGE)
        assert '<bdi dir="ltr">http://10.8.0.3:8222</bdi></p>' in chief.read(PAGE)

    def test_an_organiser_chooses_the_network_but_sets_no_address(self, organiser, two_networks):
        shown = organiser.read(PAGE)

        assert 'action="/server-address"' not in shown
        assert organiser.send(PAGE, PAGE + "/lan", value="10.8.0.3").status_code == 303
        refused = organiser.send(PAGE, PAGE, value="https://evil.example.org")
        assert refused.status_code == 403

    def test_an_organiser_ends_no_address_that_an_administrator_set(
        self, app, chief, signed_in, two_networks
    ):
        address = "https://marhaba.example.org"
        assert chief.send(PAGE, PAGE, value=address).status_code == 303
        organiser = signed_in(Role.ORGANISER)

        refused = organiser.send(PAGE, PAGE + "/lan", value="10.8.0.3")

        assert refused.status_code == 403
        assert PAGE + "/lan" not in organiser.read(PAGE)
        assert f'<bdi dir="ltr">{address}</bdi>' in organiser.read(PAGE)

    @pytest.mark.parametrize(
        ("value", "sentence"),
        [
            ("m.example.org", "ne commence ni par http:// ni par https://"),
            ("http://a b.org", "contient un espace"),
            ("http://u:p@a.org", "n’a pas sa place"),
            ("http://a.org?x", "arrêtez-vous avant"),
            ("http://a.org:99999", "n’est pas un nombre de 1 à 65535"),
            ("http://localhost:8000", "seule cette machine comprend"),
        ],
    )
    def test_an_invalid_value_is_refused_beside_its_field(self, chief, value, sentence):
        refused = chief.send(PAGE, PAGE, value=value)

        text = unescape(refused.text)
        assert refused.status_code == 400
        assert sentence in text
        assert 'aria-describedby="base_url-problem' in text
        assert f'value="{value}"' in text

    def test_the_address_is_stored_and_can_be_cleared(self, chief, database):
        chief.send(PAGE, PAGE, value="https://événement.ma/")
        kept = unescape(chief.read(PAGE))
        chief.send(PAGE, PAGE, value="")

        assert 'value="https://xn--vnement-9xab.ma"' in kept
        assert kept.count("réglage fait sur cette page") == 1
        with database.read() as session:
            assert public_address(session, None).source == AddressSource.LOCAL

    @pytest.mark.parametrize(
        "back", ["//evil.example.org", "https://evil.example.org", "/\\evil.example.org", "/\r\nx"]
    )
    def test_the_page_to_return_to_is_never_on_another_site(self, chief, back):
        saved = chief.send(PAGE, PAGE, value="https://m.example.org", back=back)

        assert saved.location == PAGE

    def test_a_changed_address_is_in_the_activity_log(self, chief):
        chief.send(PAGE, PAGE, value="https://m.example.org")

        assert "a indiqué l’adresse du serveur" in chief.read("/activity")


class TestRuled:
    """Where the environment rules, the page says so and changes nothing."""

    def test_an_address_set_by_the_environment_is_read_only_with_its_source(
        self, signed_in, database
    ):
        chief = signed_in(Role.ADMINISTRATOR)
        shown = chief.read(PAGE)

        refused = chief.send(PAGE, PAGE, value="https://other.example.org")

        assert re.search(r'<input id="base_url" dir="ltr" readonly value="http://marhaba', shown)
        assert "La variable d’environnement CHECKIN_BASE_URL du serveur fait foi" in shown
        assert 'action="/server-address"' not in shown
        assert refused.status_code == 409
        assert chief.send(PAGE, PAGE + "/lan", value="10.0.0.1").status_code == 409

    def test_the_line_of_the_settings_file_that_sets_the_address_is_named(self, app, signed_in):
        app.extensions[EXTENSION].settings._sources = {"base_url": AddressSource.DOTENV}

        shown = signed_in(Role.ADMINISTRATOR).read(PAGE)

        assert "La ligne CHECKIN_BASE_URL du fichier .env du serveur fait foi" in shown


class TestTelephone:
    """The QR turns green by another device, and by no other way."""

    def look(self, browsing):
        return browsing.open(PAGE + "/opened").json["opened_at"]

    def test_opening_the_link_on_another_device_confirms_the_address(self, app, organiser):
        shown = organiser.read(PAGE)
        before = self.look(organiser)

        telephone = app.test_client().get(link_in(shown) + "?lang=fr", environ_base=TELEPHONE)

        assert "Cet appareil atteint le serveur" in telephone.text
        assert 'data-opened="no"' in shown
        assert (before, bool(self.look(organiser))) == (None, True)
        assert 'data-opened="yes"' in organiser.read(PAGE)
        assert "Ouverte depuis un autre appareil" in organiser.read("/events/rabat-2025/delivery")

    def test_opening_the_link_in_the_same_browser_does_not_confirm_the_address(self, organiser):
        link = link_in(organiser.read(PAGE))

        assert "C’est la même machine" in organiser.read(link + "?lang=fr")
        assert self.look(organiser) is None

    def test_opening_the_link_on_this_machine_does_not_confirm_the_address(self, app, organiser):
        link = link_in(organiser.read(PAGE))

        opened = app.test_client().get(link + "?lang=fr", headers={"User-Agent": "Other"})

        assert "C’est la même machine" in opened.text
        assert self.look(organiser) is None

    def test_a_telephone_behind_an_untrusted_proxy_confirms_the_address(self, app, organiser):
        """Everybody comes from the proxy's address there, which is this machine's."""
        link = link_in(organiser.read(PAGE))
        telephone = {"User-Agent": "Android", "X-Forwarded-For": "203.0.113.5"}

        opened = app.test_client().get(link + "?lang=fr", headers=telephone)

        assert "Cet appareil atteint le serveur" in opened.text
        assert self.look(organiser) is not None

    def test_a_link_counts_once_however_it_is_written(self, app, organiser):
        link = link_in(organiser.read(PAGE))
        secret = link.rpartition("/")[2]

        answers = [
            app.test_client().get(f"/t/{written}", environ_base=TELEPHONE).status_code
            for written in (secret, secret.upper(), secret.title(), secret)
        ]

        assert answers == [200, 410, 410, 410]

    def test_an_invalid_check_link_is_not_found(self, app):
        assert app.test_client().get("/t/nobodys", environ_base=TELEPHONE).status_code == 410

    def test_the_check_link_begins_with_the_public_address(self, organiser):
        assert f"{BASE_URL}/t/" in organiser.read(PAGE)


class TestCookies(Unset):
    """`Secure` follows the address that was decided at the start, and the connection."""

    def cookie_of(self, settings, **request):
        app = create_app(settings)
        cookie = app.test_client().get("/login", **request).headers["Set-Cookie"]
        app.extensions[EXTENSION].live.close()
        app.extensions[EXTENSION].database.dispose()
        return cookie

    def test_the_session_cookie_is_secure_where_the_address_is_https(self, settings, database):
        assert "Secure" not in self.cookie_of(settings)

        given = settings.model_dump(exclude_unset=True)
        assert "Secure" in self.cookie_of(Settings(**given, base_url="https://m.example.org"))

        write(database, lambda s: write_listening(s, Listening("https", "0.0.0.0", 8443)))
        assert "Secure" in self.cookie_of(settings)

    def test_over_tls_the_session_cookie_is_always_secure(self, settings):
        given = settings.model_dump(exclude_unset=True)
        plain = Settings(**given, base_url="http://192.168.1.20:8000")

        assert "Secure" in self.cookie_of(plain, base_url="https://192.168.1.20:8000")
        assert "Secure" not in self.cookie_of(plain, base_url="http://192.168.1.20:8000")


def test_the_mail_and_the_page_agree(app, signed_in, database, event, delegation, tmp_path):
    chief = signed_in(Role.ADMINISTRATOR)

    chief.send(
        *("/operators", "/operators"),
        **{"email": "new@example.org", "name": "N", "role": "viewer", "language": "fr"},
    )

    [letter] = tmp_path.glob("outbox/*.eml")
    assert f"{BASE_URL}/password/" in letter.read_text("utf-8")
    assert BASE_URL in chief.read(PAGE)
