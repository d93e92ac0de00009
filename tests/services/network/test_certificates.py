"""The authority of one laptop and the leaf it signs, as TLS libraries judge them."""

from __future__ import annotations

import shutil
import socket
import ssl
import stat
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from checkin.domain.network.certificate_names import Names
from checkin.errors import SettingsError
from checkin.protocol.fingerprints import fingerprint_of
from checkin.services.network.certificates import authority as authorities
from checkin.services.network.certificates import machine
from checkin.services.network.certificates.authority import authority_of, own_authority
from checkin.services.network.certificates.files import pem_of_key
from checkin.services.network.certificates.leaf import CHAIN, leaf_for, signed_leaf
from checkin.services.network.certificates.machine import machine_names
from checkin.services.network.certificates.upkeep import LeafUpkeep

NOW = datetime.now(UTC)
NAMES = ("localhost", "marhaba.local", "127.0.0.1", "192.168.1.20")
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "tls"


def leaf_in(folder):
    return x509.load_pem_x509_certificate((folder / CHAIN).read_bytes())


def handshake(folder, name, *, strict=False, chain=CHAIN):
    """Connect to a server with this chain, as Python 3.13 does by default where `strict`."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / chain)
    client = ssl.create_default_context(cafile=folder / authorities.CERTIFICATE)
    if strict:
        client.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    ours, theirs = socket.socketpair()

    def serve():
        try:
            server.wrap_socket(theirs, server_side=True).close()
        except OSError:
            theirs.close()

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        with client.wrap_socket(ours, server_hostname=name):
            pass
    finally:
        ours.close()
        serving.join()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("strict", [False, True])
def test_python_trusts_the_leaf_at_each_of_its_names(folder, name, strict):
    leaf_for(folder, Names.of(NAMES), NOW)

    handshake(folder, name, strict=strict)


def test_python_refuses_the_leaf_at_any_other_name(folder):
    leaf_for(folder, Names.of(NAMES), NOW)

    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        handshake(folder, "192.168.1.21")


def openssl_says(folder, chain=CHAIN, *more):
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", *more]
    done = subprocess.run(
        [*command, "-CAfile", folder / authorities.CERTIFICATE, folder / chain],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def forged(folder, *names, file="forged.pem"):
    """Sign whatever names with the authority in the folder, as who stole its key would."""
    certificate, key = own_authority(folder, NOW)
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    leaf = signed_leaf(certificate, key, leaf_key, names, NOW)
    (folder / file).write_bytes(pem_of_key(leaf_key) + leaf.public_bytes(Encoding.PEM))
    return file


@needs_openssl
@pytest.mark.parametrize("name", NAMES)
def test_openssl_trusts_the_leaf(folder, name):
    leaf_for(folder, Names.of(NAMES), NOW)
    asked = "-verify_ip" if name[0].isdigit() else "-verify_hostname"

    assert openssl_says(folder, CHAIN, asked, name) == f"{folder / CHAIN}: OK\n"


@needs_openssl
@pytest.mark.parametrize("outside", ["192.0.2.2", "example.org", "2001:db8::1", "laptop"])
def test_one_name_outside_the_constraints_makes_the_whole_leaf_invalid(folder, outside):
    """The control: without leaving names out, nobody could open the server at all."""
    own_authority(folder, NOW)

    assert "permitted subtree violation" in openssl_says(folder, forged(folder, *NAMES, outside))
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        handshake(folder, "localhost", chain=forged(folder, *NAMES, outside))


@needs_openssl
def test_the_leaf_can_sign_nothing_itself(folder):
    """It was an authority of its own once (CA:true), whose key lies beside the server."""
    leaf_for(folder, Names.of(NAMES), NOW)
    key = ec.generate_private_key(ec.SECP256R1())
    text = (folder / CHAIN).read_bytes()
    leaf_key = authorities.load_pem_private_key(text, None)
    below = signed_leaf(leaf_in(folder), leaf_key, key, NAMES, NOW)
    (folder / "below.pem").write_bytes(below.public_bytes(Encoding.PEM))

    said = openssl_says(folder, "below.pem", "-untrusted", str(folder / CHAIN))

    assert "invalid CA certificate" in said or "unsuitable certificate purpose" in said


def test_the_leaf_has_the_expected_extensions_and_lifetime(folder):
    leaf = leaf_for(folder, Names.of(NAMES), NOW)
    found = leaf_in(folder).extensions
    authority, _ = own_authority(folder, NOW)

    constraints = found.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca) == (True, False)
    usage = found.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    signer = found.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert signer == identifier.digest
    assert found.get_extension_for_class(x509.SubjectKeyIdentifier)
    assert leaf.expires_at - NOW <= timedelta(days=30)
    assert stat.S_IMODE((folder / CHAIN).stat().st_mode) == 0o600


def test_the_authority_has_name_constraints_and_its_key_is_readable_by_the_owner_only(folder):
    certificate, _ = own_authority(folder, NOW)

    found = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = {str(name.value) for name in found.value.permitted_subtrees}
    assert found.critical
    assert permitted == {
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10", "localhost", "local", "lan"),
    }
    assert stat.S_IMODE((folder / authorities.KEY).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_authority_is_kept_and_its_fingerprint_is_of_the_der_form(folder):
    first, _ = own_authority(folder, NOW)
    again, _ = own_authority(folder, NOW + timedelta(days=400))

    assert first == again
    assert authority_of(folder).fingerprint == fingerprint_of(first.public_bytes(Encoding.DER))
    assert authority_of(folder / "none") is None


def test_an_unusable_authority_is_never_replaced_automatically(folder):
    own_authority(folder, NOW)
    (folder / authorities.KEY).write_text("damaged")

    with pytest.raises(SettingsError, match=r"authority\.key cannot be used .*: restore both"):
        own_authority(folder, NOW)

    other = ec.generate_private_key(ec.SECP256R1())
    (folder / authorities.KEY).write_bytes(pem_of_key(other))
    with pytest.raises(SettingsError, match="the key is not the certificate's"):
        own_authority(folder, NOW)


def test_a_certificate_of_an_earlier_version_is_replaced_without_a_message(folder):
    folder.mkdir(mode=0o700)
    for name in ("cert.pem", "key.pem"):
        (folder / name).write_text("of an earlier version")

    leaf_for(folder, Names.of(NAMES), NOW)

    kept = {path.name for path in folder.iterdir()}
    assert kept == {authorities.CERTIFICATE, authorities.KEY, CHAIN}


class Laptop:
    """A machine that is carried from network to network."""

    def __init__(self, monkeypatch):
        self.addresses = ["192.168.1.20"]
        monkeypatch.setattr(
            machine, "own_addresses", lambda: [IPv4Address(text) for text in self.addresses]
        )
        monkeypatch.setattr(machine.socket, "gethostname", lambda: "laptop")


@pytest.fixture
def laptop(monkeypatch):
    return Laptop(monkeypatch)


def test_the_leaf_covers_every_address_and_name_inside_the_constraints(folder, laptop):
    laptop.addresses = ["127.0.0.1", "192.168.1.20", "192.0.2.2"]
    upkeep = LeafUpkeep(folder, lambda: machine_names("checkin.lan"))

    names = upkeep.leaf.names
    assert {"localhost", "laptop.local", "marhaba.local", "checkin.lan"} <= names.hosts
    assert {"127.0.0.1", "::1", "192.168.1.20"} == set(map(str, names.addresses))
    assert upkeep.left_out == ("laptop", "192.0.2.2")
    handshake(folder, "192.168.1.20")


def test_after_a_change_of_network_the_leaf_covers_the_new_address(folder, laptop):
    """Cases, 10_certificate_other_network: it kept the old ones for 83 days."""
    told = []
    upkeep = LeafUpkeep(folder, machine_names, tell=told.append)
    authority = authority_of(folder)

    laptop.addresses = ["10.0.8.77"]

    # Addresses come one after the other, so the first look alone changes nothing.
    assert [upkeep.look(), upkeep.look(), upkeep.look()] == [False, True, False]
    handshake(folder, "10.0.8.77")
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        handshake(folder, "192.168.1.20")
    assert authority_of(folder) == authority
    assert told == [upkeep, upkeep]


def test_a_lost_network_or_an_address_outside_the_constraints_causes_no_restart(folder, laptop):
    upkeep = LeafUpkeep(folder, machine_names)

    laptop.addresses = []
    assert not any(upkeep.look() for _ in range(3))
    laptop.addresses = ["192.0.2.2"]
    assert not any(upkeep.look() for _ in range(3))
    assert upkeep.left_out == ("laptop", "192.0.2.2")


def test_a_leaf_is_made_anew_before_it_expires(folder, laptop):
    days = [0]
    upkeep = LeafUpkeep(folder, machine_names, clock=lambda: NOW + timedelta(days=days[0]))
    first = upkeep.leaf

    days[0] = 19
    assert not upkeep.look()
    days[0] = 21
    assert upkeep.look()
    assert upkeep.leaf.expires_at > first.expires_at + timedelta(days=20)


def test_the_watcher_restarts_the_workers_and_survives_a_full_disk(folder, laptop, monkeypatch):
    upkeep = LeafUpkeep(folder, machine_names)
    restarted, complaints = threading.Event(), []
    made = leaf_for

    def full_once(*arguments):
        if not complaints:
            raise OSError(28, "No space left on device")
        return made(*arguments)

    monkeypatch.setattr("checkin.services.network.certificates.upkeep.leaf_for", full_once)
    with upkeep.kept_current(restarted.set, complaints.append):
        laptop.addresses = ["10.0.8.77"]
        assert restarted.wait(30)

    assert len(complaints) == 1
    assert "No space left on device" in complaints[0]
    handshake(folder, "10.0.8.77")
