"""The page of the mail server: settings, their sources, secrets, and the test message."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select, text, update

from checkin.db.models import Activity, OperatorSession, Role
from checkin.domain.mail.server import Encryption, MailServer
from checkin.domain.network.public_address import AddressSource
from checkin.services.accounts.sessions import CONFIRMED_FOR
from checkin.services.common.keys import Keys
from checkin.services.mail.server_settings import mail_destination
from checkin.services.network.certificates.files import pem_of_key
from checkin.settings import Settings
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.factories import KEYS, write
from tests.support.servers.server_process import free_port
from tests.web.browsing import PASSWORD, Browsing

PAGE = "/mail/settings"
TEST = f"{PAGE}/test"
SECRET = "très secret 42"
FORM = {
    "host": "smtp.example.org",
    "port": "",
    "encryption": "required",
    "user": "badges@example.org",
    "password": SECRET,
    "mail_from": "Comité <badges@example.org>",
    "per_minute": "30",
    "per_day": "",
}


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    """An installation for which the page alone says where e-mails go."""
    return Settings(
        home=tmp_path,
        database_url=database_url,
        master_key=factories.MASTER_KEY.hex(),
        base_url=factories.BASE_URL,
        second_factor="optional",
    )


@pytest.fixture
def chief(signed_in) -> Browsing:
    return signed_in(Role.ADMINISTRATOR)


def kept(database, settings, keys: Keys = KEYS) -> object:
    with database.read() as session:
        return settings.mail_destination(session, keys)


def stored(database) -> str:
    """Return all that the database keeps of the installation's settings and of the activity."""
    with database.read() as session:
        rows = session.execute(text("SELECT name, value FROM installation_setting")).all()
        log = session.scalars(select(Activity.details)).all()
    return repr(rows) + repr(log)


def result(page: str) -> str:
    """Return what the page says of the test message."""
    start = page.index('id="tried"')
    return unescape(page[start : page.index("</div>", start)])


@dataclass
class Taking:
    """A mail server that keeps what it takes.

    Attributes:
        answer: what it says after a message.
    """

    answer: str = "250 2.0.0 Taken as X42"
    messages: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.messages.append(envelope.content)
        return self.answer


@contextmanager
def running(handler: Taking, **how) -> Iterator[int]:
    """Run a mail server and return its port."""
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), **how)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def local(port: int, **more: str) -> dict[str, str]:
    """Return the form for a server on this machine that asks for nothing."""
    plain = {"host": "127.0.0.1.nip.example", "encryption": "refused", "user": "", "password": ""}
    return {**FORM, **plain, "host": "localhost", "port": str(port), **more}


class TestKeeping:
    """What the form stores."""

    def test_the_server_and_the_limits_are_kept_and_used_at_once(self, chief, database, settings):
        answer = chief.send(PAGE, **FORM)
        shown = unescape(chief.read(PAGE))

        assert (answer.status_code, answer.location) == (303, PAGE)
        assert kept(database, settings) == MailServer(
            "smtp.example.org", 587, "badges@example.org", SECRET, Encryption.REQUIRED
        )
        with database.read() as session:
            sender = settings.mail_sender(session)
        assert (sender.address, sender.per_minute, sender.per_day) == (
            *("Comité <badges@example.org>", 30),
            4000,
        )
        assert "réglage fait sur cette page" in shown
        assert 'value="smtp.example.org"' in shown
        assert 'value="587"' in shown

    def test_the_password_is_stored_sealed_and_shown_nowhere(self, chief, database):
        chief.send(PAGE, **FORM)
        shown = chief.read(PAGE) + chief.read("/activity") + chief.read("/activity.csv")

        assert "secret 42" not in stored(database) + unescape(shown)

    def test_another_master_key_opens_no_password_and_the_test_says_so(
        self, chief, database, settings
    ):
        chief.send(PAGE, **FORM)

        server = kept(database, settings, Keys(bytes(32)))

        assert isinstance(server, MailServer)
        assert server.password is None

    def test_a_server_that_is_changed_in_the_database_does_not_get_the_password(
        self, chief, database, settings
    ):
        chief.send(PAGE, **FORM)
        write(
            database,
            lambda s: s.execute(
                text(
                    "UPDATE installation_setting SET value = "
                    "replace(value, 'smtp.example.org', 'evil.example.org')"
                )
            ),
        )

        server = kept(database, settings)

        assert isinstance(server, MailServer)
        assert (server.host, server.password) == ("evil.example.org", None)

    def test_an_empty_password_stays_as_it_was_for_the_same_server_and_user(
        self, chief, database, settings
    ):
        chief.send(PAGE, **FORM)

        answer = chief.send(PAGE, **{**FORM, "password": "", "encryption": "from_start"})

        assert answer.status_code == 303
        assert kept(database, settings) == MailServer(
            "smtp.example.org", 465, "badges@example.org", SECRET, Encryption.FROM_START
        )

    @pytest.mark.parametrize("changed", [{"host": "evil.example.org"}, {"user": "o@example.org"}])
    def test_the_password_goes_to_no_other_server_or_user(self, chief, database, settings, changed):
        chief.send(PAGE, **FORM)
        before = kept(database, settings)

        refused = chief.send(PAGE, **{**FORM, "password": "", **changed})

        assert refused.status_code == 400
        assert "saisissez le mot de passe qui va avec" in unescape(refused.text)
        assert 'aria-describedby="password-problem' in refused.text
        assert kept(database, settings) == before

    def test_without_a_user_no_password_is_kept(self, chief, database):
        chief.send(PAGE, **FORM)
        chief.send(PAGE, **{**FORM, "user": "", "password": ""})

        assert "mail_password" not in stored(database)

    def test_without_a_server_messages_are_files_again(self, chief, database, settings, tmp_path):
        chief.send(PAGE, **FORM)
        chief.send(PAGE, **{**FORM, "host": "", "password": "", "user": ""})

        assert kept(database, settings) == tmp_path / "outbox"
        assert "mail_password" not in stored(database)
        assert "ne parviennent à personne" in unescape(chief.read(PAGE))

    def test_where_no_sender_is_written_the_address_that_signs_in_is_the_sender(
        self, chief, database, settings
    ):
        chief.send(PAGE, **{**FORM, "mail_from": ""})

        with database.read() as session:
            assert settings.mail_sender(session).address == "badges@example.org"

    @pytest.mark.parametrize(
        ("changed", "name", "sentence"),
        [
            ({"host": "https://smtp.example.org"}, "host", "n’est pas le nom d’un serveur"),
            ({"host": "10 rue"}, "host", "n’est pas le nom d’un serveur"),
            ({"port": "70000"}, "port", "1-65535"),
            ({"encryption": "rot13"}, "encryption", "n’est pas un choix possible"),
            ({"encryption": "refused"}, "encryption", "Sans TLS"),
            ({"user": ""}, "user", "pas de nom d’utilisateur"),
            ({"password": ""}, "password", "pas de mot de passe"),
            ({"per_minute": "0"}, "per_minute", "1-6000"),
            ({"per_day": "beaucoup"}, "per_day", "1-1000000"),
            ({"mail_from": "Comité"}, "mail_from", "n’est pas un expéditeur"),
            ({"mail_from": "a@localhost"}, "mail_from", "seule cette machine comprend"),
        ],
    )
    def test_what_will_not_do_is_refused_beside_its_field_and_nothing_is_kept(
        self, chief, database, changed, name, sentence
    ):
        refused = chief.send(PAGE, **{**FORM, **changed})

        page = unescape(refused.text)
        assert refused.status_code == 400
        assert sentence.lower() in page.lower()
        assert f'id="{name}-problem"' in page
        assert "installation_setting" not in stored(database)
        assert "mail_server" not in stored(database)
        assert SECRET not in page

    def test_whoever_signed_in_long_ago_gives_their_password_again(self, chief, database, settings):
        long_ago = datetime.now(UTC) - CONFIRMED_FOR
        write(database, lambda s: s.execute(update(OperatorSession).values(confirmed_at=long_ago)))
        asked = 'name="confirmation"' in chief.read(PAGE)

        wrong = chief.send(PAGE, **FORM, confirmation="wrong")
        before = kept(database, settings)
        right = chief.send(PAGE, **FORM, confirmation=PASSWORD)

        assert (asked, wrong.status_code, right.status_code) == (True, 403, 303)
        assert not isinstance(before, MailServer)
        assert isinstance(kept(database, settings), MailServer)

    def test_an_organiser_sees_the_settings_and_changes_none(self, organiser):
        shown = organiser.read(PAGE)

        assert 'name="host"' not in shown
        assert organiser.send("/account", PAGE, **FORM).status_code == 403

    def test_changes_and_tests_are_in_the_activity_log_and_the_security_log(
        self, chief, database, caplog
    ):
        with running(Taking()) as port:
            chief.send(PAGE, **local(port))
            caplog.clear()
            with caplog.at_level("INFO", "marhaba.security"):
                chief.send(PAGE, **local(port, per_minute=""))
                chief.send(PAGE, TEST)

        log = unescape(chief.read("/activity"))
        assert "a changé le serveur de messagerie" in log
        assert "a essayé le serveur de messagerie" in log
        assert [line.getMessage() for line in caplog.records] == [
            "event=installation.mail operator=1",
            "event=installation.mail_test operator=1",
        ]


class TestSources:
    """The environment rules, then `.env`, then the page."""

    def ruled(self, app, settings, **given) -> None:
        changed = settings.model_copy(update=given)
        changed._sources = dict.fromkeys(given, AddressSource.DOTENV)
        object.__setattr__(app.extensions[EXTENSION], "settings", changed)

    def test_a_server_from_the_settings_file_is_read_only_and_its_line_is_named(
        self, app, chief, settings, database
    ):
        self.ruled(app, settings, mail_url="smtps://me:pw%20x@mail.example.org")

        shown = unescape(chief.read(PAGE))
        chief.send(PAGE, **{**FORM, "per_minute": "12"})

        assert "La ligne CHECKIN_MAIL_URL du fichier .env" in shown
        assert "mail.example.org:465" in shown
        assert "pw x" not in shown
        assert 'name="host"' not in shown
        assert "mail_server" not in stored(database)
        assert "'mail_per_minute', '12'" in stored(database)

    def test_a_limit_and_the_encryption_may_be_ruled_alone(self, app, chief, settings, database):
        self.ruled(app, settings, mail_tls="opportunistic", mail_per_minute=7)

        shown = unescape(chief.read(PAGE))
        chief.send(PAGE, **{**FORM, "per_minute": "99"})

        assert "La ligne CHECKIN_MAIL_TLS du fichier .env" in shown
        assert "La ligne CHECKIN_MAIL_PER_MINUTE du fichier .env" in shown
        with database.read() as session:
            given = app.extensions[EXTENSION].settings.mail_given
            server = mail_destination(session, KEYS, given)
            assert isinstance(server, MailServer)
            assert (server.host, server.encryption) == (
                *("smtp.example.org",),
                Encryption.OPPORTUNISTIC,
            )
            assert app.extensions[EXTENSION].settings.mail(session).per_minute == 7


class TestTrying:
    """The test message is real, and the answer is explained in the reader's language."""

    def test_a_message_that_is_taken_shows_the_servers_words(self, chief):
        server = Taking()
        with running(server) as port:
            chief.send(PAGE, **local(port))
            page = chief.send(PAGE, TEST).text

        [message] = server.messages
        assert b"To: administrator@example.org" in message
        assert "Le serveur de messagerie a pris le message d’essai" in result(page)
        assert "250 2.0.0 Taken as X42" in result(page)

    def test_over_tls_with_a_password_of_any_signs(self, chief, tmp_path, monkeypatch):
        context = trusted_authority(tmp_path, monkeypatch)
        seen = []

        def check(_server, _session, _envelope, _mechanism, data):
            seen.append((data.login.decode(), data.password.decode()))
            return AuthResult(success=True)

        server = Taking()
        how = {"tls_context": context, "authenticator": check, "auth_required": True}
        with running(server, require_starttls=True, **how) as port:
            secret = {"user": "badges@example.org", "password": SECRET}
            chief.send(PAGE, **local(port, encryption="required", **secret))
            page = chief.send(PAGE, TEST).text

        assert "a pris le message d’essai" in result(page)
        assert seen == [("badges@example.org", SECRET)]

    @pytest.mark.parametrize(
        ("how", "changed", "sentences"),
        [
            (
                {},
                {"encryption": "required"},
                {
                    "fr": "n’offre aucun chiffrement",
                    "ar": "لا يتيح الخادم أي تشفير",
                    "en": "offers no encryption",
                },
            ),
            (
                {},
                {"host": "nobody.invalid"},
                {
                    "fr": "Aucune machine ne s’appelle",
                    "ar": "لا توجد آلة باسم",
                    "en": "No machine is called",
                },
            ),
            (
                {"answer": "554 5.7.1 looks like spam"},
                {},
                {"fr": "n’a pas pris ce message", "ar": "لم يقبل الخادم", "en": "did not take"},
            ),
            (
                {"answer": "451 4.7.1 later"},
                {},
                {"fr": "ne prend rien pour le moment", "ar": "حاليا", "en": "takes nothing now"},
            ),
        ],
    )
    def test_a_refusal_is_explained(self, chief, how, changed, sentences):
        with running(Taking(**how)) as port:
            chief.send(PAGE, **local(port, **changed))
            said = {tag: result(chief.send(PAGE, f"{TEST}?lang={tag}").text) for tag in sentences}

        assert [tag for tag, sentence in sentences.items() if sentence not in said[tag]] == []

    def test_a_port_at_which_nothing_listens_is_named(self, chief):
        port = free_port()
        chief.send(PAGE, **local(port))

        said = result(chief.send(PAGE, TEST).text)

        assert f"Rien ne répond au port {port}" in said

    def test_a_certificate_that_nobody_trusts_is_told(self, chief, tmp_path, monkeypatch):
        context = trusted_authority(tmp_path, monkeypatch)
        monkeypatch.delenv("SSL_CERT_FILE")
        with running(Taking(), tls_context=context, require_starttls=True) as port:
            chief.send(PAGE, **local(port, encryption="required"))
            said = result(chief.send(PAGE, TEST).text)

        assert "Le certificat ne prouve pas" in said

    def test_a_refused_password_is_told_and_not_repeated(self, chief, tmp_path, monkeypatch):
        context = trusted_authority(tmp_path, monkeypatch)
        how = {"authenticator": lambda *_all: AuthResult(success=False, handled=False)}
        with running(Taking(), tls_context=context, **how) as port:
            secret = {"user": "badges@example.org", "password": SECRET}
            chief.send(PAGE, **local(port, encryption="required", **secret))
            said = result(chief.send(PAGE, TEST).text)

        assert "refuse le nom d’utilisateur ou le mot de passe" in said
        assert SECRET not in said

    def test_without_a_sender_that_others_can_answer_nothing_is_tried(self, chief):
        with running(Taking()) as port:
            chief.send(PAGE, **local(port, mail_from=""))
            shown = chief.read(PAGE)
            refused = chief.send(PAGE, TEST)

        assert TEST not in shown
        assert refused.status_code == 409


def trusted_authority(tmp_path, monkeypatch):
    """Let this process trust a certificate of localhost; return what serves with it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, key_file = tmp_path / "localhost.pem", tmp_path / "localhost.key"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(pem_of_key(key))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(file, key_file)
    return made


def test_whoever_came_from_another_page_is_led_back_after_saving_and_never_to_another_site(chief):
    back = "/events/rabat-2025/delivery"

    saved = chief.send(f"{PAGE}?back={back}", PAGE, **FORM, back=back)
    shown = chief.read(saved.location)
    elsewhere = chief.read(f"{PAGE}?back=https://example.net/")

    assert saved.location == f"{PAGE}?back=/events/rabat-2025/delivery"
    assert f'<a class="button button-plain" href="{back}">' in shown
    assert 'href="https://example.net' not in elsewhere
    assert back not in chief.read(PAGE)
