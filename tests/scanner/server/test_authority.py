"""A scanner sends nothing secret before it verified the organiser's server."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from checkin.domain.network.certificate_names import Names
from checkin.protocol.fingerprints import (
    AUTHORITY_PATH,
    beginning,
    fingerprint_of,
    fingerprint_typed,
)
from checkin.services.network.certificates.authority import CERTIFICATE, authority_of
from checkin.services.network.certificates.leaf import leaf_for
from scanner.core.errors import (
    AuthorityRefused,
    CertificateChanged,
    CertificateNotOfFile,
    CertificateOfOtherName,
    CertificateOutOfDate,
    CertificateRefused,
    FingerprintWithoutTls,
    PairingRefused,
    ServerUnreachable,
)
from scanner.gate.authority_question import gate_or_question
from scanner.gate.gate import Wanted, gate_for
from scanner.server.authority import authority_for, shown_authority
from scanner.server.client import Client
from scanner.server.device import (
    config_folder,
    forget,
    keep_authority,
    kept_authority,
    remember,
    remembered,
)
from scanner.words import say
from tests.scanner.conftest import ROOT
from tests.scanner.decode.pictures import FATIMA, a_code, qr, scene, write_video
from tests.scanner.server.fake_server import PAIRING_CODE, TOKEN, FakeServer

ONE = a_code(1)
CODE = "7K2MQ9XD"
NOW = datetime.now(UTC)
PAIR = "/api/v1/devices/pair"


@pytest.fixture
def laptop(tmp_path):
    """The folder of the organiser's authority."""
    leaf_for(tmp_path / "tls", Names.of(["127.0.0.1"]), NOW)
    return tmp_path / "tls"


@pytest.fixture
def server(laptop):
    with FakeServer({ONE: FATIMA}) as server:
        server.pairing_code = CODE
        server.speak_tls(laptop / "server.pem", laptop / "server.pem")
        server.authority = authority_of(laptop).der
        yield server


@pytest.fixture
def fingerprint(laptop):
    return authority_of(laptop).fingerprint


def secrets_sent(server):
    """What the server was asked for besides its authority's certificate."""
    return [path for path in server.asked if path != AUTHORITY_PATH]


def with_its_end_changed(der):
    """A certificate of the same names and the same key, whose signature is of nobody."""
    return der[:-1] + bytes([der[-1] ^ 1])


def stranger(tmp_path):
    """Somebody on the same network who answers in the server's place."""
    folder = tmp_path / "stranger"
    leaf_for(folder, Names.of(["127.0.0.1"]), NOW)
    return folder


@pytest.mark.usefixtures("home")
class TestBelieving:
    def test_a_fingerprint_is_enough_to_pair_and_to_go_on_by(self, server, fingerprint):
        wanted = Wanted(server.url, pairing_code=CODE, fingerprint=fingerprint)

        gate_for(wanted).close()
        again = gate_for(Wanted(server.url))

        assert again.client.status()["device"]["id"] == 3
        again.close()
        assert kept_authority(server.url)[0] == fingerprint
        assert server.asked.count(AUTHORITY_PATH) == 1

    def test_another_authority_is_refused_before_anything_is_sent(self, server, fingerprint):
        wrong = "0" * 64
        wanted = Wanted(server.url, pairing_code=CODE, fingerprint=wrong)

        with pytest.raises(AuthorityRefused) as refused:
            gate_for(wanted)

        assert refused.value.details == {"server": server.url, "check": "0000 0000"}
        assert secrets_sent(server) == []
        assert kept_authority(server.url) is None

    def test_a_server_with_the_right_certificate_but_without_its_key_is_sent_nothing(
        self, server, fingerprint, tmp_path
    ):
        """Everybody can fetch the authority's certificate, and hand it on as their own."""
        with FakeServer() as other:
            folder = stranger(tmp_path)
            other.speak_tls(folder / "server.pem", folder / "server.pem")
            other.authority = server.authority

            with pytest.raises(CertificateChanged):
                gate_for(Wanted(other.url, pairing_code=CODE, fingerprint=fingerprint))

            assert secrets_sent(other) == []

    @pytest.mark.parametrize("shown", [None, b"", b"no certificate", b"\x30\x82" + b"x" * 20_000])
    def test_whatever_else_is_shown_is_no_authority(self, server, fingerprint, shown):
        server.authority = shown

        assert shown_authority(server.url) is None
        with pytest.raises(AuthorityRefused):
            authority_for(server.url, fingerprint)

    def test_a_kept_authority_needs_no_network(self, server, fingerprint):
        first = authority_for(server.url, fingerprint)
        server.mood = "portal"

        assert authority_for(server.url, fingerprint) == first
        assert authority_for(server.url, None) == first

    def test_a_damaged_file_is_no_authority(self, server, fingerprint):
        authority_for(server.url, fingerprint).write_text("damaged")

        assert authority_for(server.url, None) is None

    def test_a_link_without_a_fingerprint_goes_back_to_what_the_system_knows(
        self, server, fingerprint, laptop, monkeypatch
    ):
        """The organiser has a real certificate from now on."""
        authority_for(server.url, fingerprint)
        monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(laptop / CERTIFICATE))

        gate_for(Wanted(server.url, pairing_code=CODE, fingerprint="")).close()

        assert kept_authority(server.url) is None
        assert authority_for(server.url, None) is None

    def test_a_link_that_paired_nobody_leaves_the_authority(self, server, fingerprint):
        """Anybody can show a foreign QR to a laptop that is paired already."""
        gate_for(Wanted(server.url, pairing_code=CODE, fingerprint=fingerprint)).close()

        with pytest.raises(CertificateRefused):
            gate_for(Wanted(server.url, pairing_code="7K2MQ9XX", fingerprint=""))

        assert kept_authority(server.url)[0] == fingerprint
        again = gate_for(Wanted(server.url))
        assert again.client.status()["device"]["id"] == 3
        again.close()

    def test_a_code_that_a_trusted_server_refuses_leaves_the_authority(
        self, server, fingerprint, laptop, monkeypatch
    ):
        authority_for(server.url, fingerprint)
        monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(laptop / CERTIFICATE))

        with pytest.raises(PairingRefused):
            gate_for(Wanted(server.url, pairing_code="7K2MQ9XX", fingerprint=""))

        assert kept_authority(server.url)[0] == fingerprint

    def test_changed_bytes_of_the_signature_are_no_authority(self, server):
        """OpenSSL trusts it all the same, and each guess at a fingerprint would cost nothing."""
        changed = with_its_end_changed(server.authority)
        server.authority = changed

        assert shown_authority(server.url) is None
        with pytest.raises(AuthorityRefused):
            authority_for(server.url, fingerprint_of(changed))

    @pytest.mark.parametrize("once_more", [False, True])
    def test_nothing_may_follow_the_certificate(self, server, once_more):
        server.authority += server.authority if once_more else b"\x00"

        assert shown_authority(server.url) is None

    def test_a_certificate_that_another_key_signed_is_no_authority(self, server, laptop):
        leaf = x509.load_pem_x509_certificates((laptop / "server.pem").read_bytes())[0]
        server.authority = leaf.public_bytes(Encoding.DER)

        assert shown_authority(server.url) is None

    def test_a_file_that_was_kept_before_its_signature_was_checked_is_no_authority(self, server):
        keep_authority(server.url, with_its_end_changed(server.authority))

        assert kept_authority(server.url) is None

    def test_http_has_no_authority(self):
        with pytest.raises(FingerprintWithoutTls):
            authority_for("http://127.0.0.1:8000", "0" * 64)

    def test_a_server_that_is_away_is_no_fault_of_its_certificate(self):
        with pytest.raises(ServerUnreachable) as fault:
            authority_for("https://127.0.0.1:9", "0" * 64)

        assert not isinstance(fault.value, CertificateRefused)

    def test_a_pairing_and_a_revocation_leave_the_authority(self, server, fingerprint):
        gate = gate_for(Wanted(server.url, pairing_code=CODE, fingerprint=fingerprint))
        gate.close()

        forget(server.url, TOKEN)
        assert (remembered(server.url), kept_authority(server.url)[0]) == (None, fingerprint)
        remember(server.url, *_pairing())
        assert kept_authority(server.url)[0] == fingerprint
        assert config_folder().stat().st_mode & 0o077 == 0


def _pairing():
    from scanner.server.client import Pairing

    return (Pairing("3", "t2", {}, {}),)


@pytest.mark.usefixtures("home")
class TestRefusing:
    """The sentence says what is amiss: it asked for --cafile where that was given."""

    def fault(self, server, **trust):
        with pytest.raises(CertificateRefused) as fault:
            Client(server.url, token=TOKEN, **trust).status()
        return type(fault.value), say("fr", fault.value.code, **fault.value.details)

    def test_a_certificate_of_an_unknown_authority_is_refused(self, server):
        kind, said = self.fault(server)

        assert (kind, "--fingerprint" in said) == (CertificateRefused, True)

    def test_a_certificate_not_issued_by_the_given_file_is_refused(self, server, tmp_path):
        other = stranger(tmp_path) / CERTIFICATE

        kind, said = self.fault(server, cafile=other)

        assert (kind, str(other) in said) == (CertificateNotOfFile, True)
        assert "ajoutez --cafile" not in said

    def test_a_certificate_not_issued_by_the_learned_authority_is_refused(self, server, tmp_path):
        assert self.fault(server, authority=stranger(tmp_path) / CERTIFICATE)[0] == (
            CertificateChanged
        )

    def test_the_file_wins_over_what_was_learned(self, server, laptop, tmp_path):
        other = stranger(tmp_path) / CERTIFICATE

        assert Client(
            server.url, token=TOKEN, cafile=laptop / CERTIFICATE, authority=other
        ).status()

    def test_a_certificate_for_another_address_is_refused(self, server, laptop):
        server.url = server.url.replace("127.0.0.1", "localhost")

        kind, said = self.fault(server, cafile=laptop / CERTIFICATE)

        assert (kind, server.url in said) == (CertificateOfOtherName, True)

    def test_a_certificate_is_refused_when_the_clock_is_months_behind(self, tmp_path):
        folder = tmp_path / "tomorrow"
        leaf_for(folder, Names.of(["127.0.0.1"]), NOW + timedelta(days=60))
        with FakeServer() as server:
            server.speak_tls(folder / "server.pem", folder / "server.pem")
            kind, said = self.fault(server, cafile=folder / CERTIFICATE)

        assert (kind, "date" in said) == (CertificateOutOfDate, True)

    def test_tls_that_breaks_off_is_a_lost_network(self):
        with FakeServer() as server:
            plain = f"https://127.0.0.1:{server.port}"
            with pytest.raises(ServerUnreachable) as fault:
                Client(plain, token=TOKEN).status()

        assert not isinstance(fault.value, CertificateRefused)


@pytest.mark.usefixtures("home")
class TestAsking:
    """Who types a code is shown the beginning of the fingerprint first."""

    def asked(self, answer):
        questions = []

        def ask(*question):
            questions.append(question)
            return answer

        return questions, ask

    def test_an_authority_confirmed_with_yes_is_stored(self, server, fingerprint):
        questions, ask = self.asked(True)

        gate_or_question(Wanted(server.url, pairing_code=CODE), ask).close()
        gate_or_question(Wanted(server.url), ask).close()

        assert questions == [("fr", server.url, fingerprint)]
        assert secrets_sent(server) == [PAIR]

    def test_after_a_no_nothing_is_sent(self, server):
        _, ask = self.asked(False)

        with pytest.raises(AuthorityRefused):
            gate_or_question(Wanted(server.url, pairing_code=CODE), ask)

        assert (secrets_sent(server), kept_authority(server.url)) == ([], None)

    def test_a_wrong_code_after_a_yes_is_not_asked_again(self, server):
        questions, ask = self.asked(True)

        for _ in range(2):
            with pytest.raises(PairingRefused):
                gate_or_question(Wanted(server.url, pairing_code="7K2MQ9XX"), ask)

        assert len(questions) == 1

    def test_nobody_is_asked_where_a_file_or_a_qr_has_answered(self, server, tmp_path):
        questions, ask = self.asked(True)
        other = stranger(tmp_path) / CERTIFICATE

        for told in ({"cafile": other}, {"fingerprint": ""}):
            with pytest.raises(CertificateRefused):
                gate_or_question(Wanted(server.url, pairing_code=CODE, **told), ask)

        assert (questions, secrets_sent(server)) == ([], [])

    def test_a_server_without_an_authority_of_its_own_is_refused_as_ever(self, server):
        server.authority = None
        questions, ask = self.asked(True)

        with pytest.raises(CertificateRefused):
            gate_or_question(Wanted(server.url, pairing_code=CODE), ask)

        assert (questions, secrets_sent(server)) == ([], [])


def answer_in_terminal(scanner_env, arguments, typed):
    """Run the question as a person at a terminal meets it, and return code and what was shown."""
    ours, theirs = pty.openpty()
    program = (
        "import sys; from scanner.gate.authority_question import ask_in_terminal;"
        f"sys.exit(0 if ask_in_terminal{arguments!r} else 3)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=scanner_env,
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.write(ours, typed)
    shown = process.stderr.read()
    code = process.wait(30)
    process.stderr.close()
    os.close(ours)
    os.close(theirs)
    return code, shown


@pytest.mark.parametrize(
    ("typed", "code"),
    [(b"o\n", 0), (b"Y\n", 0), ("غ\n".encode(), 0), (b"n\n", 3), (b"\n?\nnon\n", 3), (b"\x04", 3)],
)
def test_the_terminal_asks_until_it_is_answered(scanner_env, typed, code):
    fingerprint = "1982bed7" + "0" * 56

    ended, shown = answer_in_terminal(
        scanner_env, ("fr", "https://192.168.1.20:8443", fingerprint), typed
    )

    assert ended == code
    assert "1982 BED7" in shown
    assert "19:82:BE:D7:00" in shown


def test_a_scanner_pairs_by_the_qr_without_a_file(run_scanner, server, fingerprint, tmp_path):
    link = f"{server.url}/scan#pair={CODE}&ca={fingerprint.upper()}"
    write_video(tmp_path / "gate.avi", [scene(), scene(qr(link)), scene(qr(ONE))])

    run = run_scanner("--pair", "--headless", "--source", tmp_path / "gate.avi")

    assert run.returncode == 0, run.stderr
    assert [body["code"] for body, _ in server.answers.values()] == [ONE]


def test_a_qr_of_another_authority_pairs_nobody(run_scanner, server, tmp_path):
    link = f"{server.url}/scan#pair={CODE}&ca={'AB12' * 16}"
    write_video(tmp_path / "gate.avi", [scene(qr(link))])

    run = run_scanner("--pair", "--headless", "--source", tmp_path / "gate.avi")

    assert (run.returncode, secrets_sent(server)) == (2, [])
    assert "ne montre pas le certificat de l’organisateur" in run.stderr


def test_without_a_window_a_typed_code_wants_a_fingerprint(
    run_scanner, server, fingerprint, tmp_path
):
    write_video(tmp_path / "gate.avi", [scene(qr(ONE))])
    typed = (
        "--headless",
        "--server",
        server.url,
        "--pair",
        CODE,
        "--source",
        tmp_path / "gate.avi",
    )

    alone = run_scanner(*typed)
    assert (alone.returncode, secrets_sent(server)) == (2, [])
    assert "--fingerprint" in alone.stderr

    wrong = run_scanner(*typed, "--fingerprint", "f" * 64)
    assert (wrong.returncode, secrets_sent(server)) == (2, [])

    colons = ":".join(fingerprint[at : at + 2] for at in range(0, 64, 2)).upper()
    assert run_scanner(*typed, "--fingerprint", colons).returncode == 0
    assert PAIR in secrets_sent(server)


def test_the_beginning_of_a_fingerprint_alone_is_refused(run_scanner):
    run = run_scanner("--headless", "--server", "https://x", "--fingerprint", "1982 BED7")

    assert (run.returncode, "64 hexadecimal digits" in run.stderr) == (2, True)
    assert fingerprint_typed("1982 BED7") is None
    assert beginning(fingerprint_of(b"")) == "E3B0 C442"
    assert PAIRING_CODE != CODE
