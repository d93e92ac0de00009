"""The secrets of an installation, all derived from one master key outside the database."""

from __future__ import annotations

import hmac
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MASTER_KEY_BYTES = 32
#: of the curve P-256 (FIPS 186-5)
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Keys:
    """Derives every key from the master key (HKDF-SHA256, RFC 5869), one purpose each."""

    def __init__(self, master: bytes) -> None:
        self._master = master
        self._derived = lru_cache(maxsize=256)(self._derive)

    def for_event(self, slug: str) -> bytes:
        """Return the secret that an event's badge codes are made with."""
        return self._derived(f"event badges:{slug}")

    def check_of_event(self, slug: str) -> bytes:
        """Return a value by which the database recognises an event's key without revealing it."""
        return hmac.digest(self.for_event(slug), b"check", "sha256")[:8]

    @property
    def check_of_installation(self) -> str:
        """A value by which the database recognises the master key without revealing it."""
        return hmac.digest(self._derived("installation"), b"check", "sha256").hex()

    def list_signer(self, slug: str) -> Ed25519PrivateKey:
        """Return the key that signs an event's gate lists."""
        return Ed25519PrivateKey.from_private_bytes(self._derived(f"gate list:{slug}"))

    @property
    def hub_signer(self) -> Ed25519PrivateKey:
        """The key with which this installation, if it is a hub, signs its answers."""
        return Ed25519PrivateKey.from_private_bytes(self._derived("hub answers"))

    def walk_in_opener(self, slug: str) -> ec.EllipticCurvePrivateKey:
        """Return the key that decrypts walk-ins registered at gates without the network."""
        return _p256_key(self._derived(f"walk-ins:{slug}"))

    def hub_walk_in_opener(self, slug: str, hub_key: str) -> ec.EllipticCurvePrivateKey:
        """Return the key that decrypts walk-ins sealed for a hub, which has it, too.

        Args:
            hub_key: the hub's own public key, which no other hub has.
        """
        return _p256_key(self._derived(f"hub walk-ins:{slug}:{hub_key}"))

    def help_desk(self, slug: str, device_id: int, salt: bytes) -> bytes:
        """Return the key that is lent to a help desk, until its salt is changed or erased."""
        own = f"{device_id}:".encode() + salt
        return hmac.digest(self._derived(f"help desks:{slug}"), own, "sha256")

    def code_hash(self, text: str) -> bytes:
        """Return a keyed hash of a scanned text; guesses cannot be tested on it without the key."""
        return hmac.digest(self._derived("read codes"), text.encode(), "sha256")

    def practice(self, slug: str) -> bytes:
        """Return the secret that an event's practice badges are made with."""
        return self._derived(f"practice badges:{slug}")

    @property
    def badge_pages(self) -> bytes:
        """The secret of the addresses of badge pages, separate from the secret of badge codes."""
        return self._derived("badge pages")

    @property
    def registration_links(self) -> bytes:
        """The secret of the addresses where people register themselves."""
        return self._derived("registration links")

    @property
    def finding_links(self) -> bytes:
        """The secret of the addresses where people ask for their badge."""
        return self._derived("finding links")

    @property
    def sessions(self) -> bytes:
        """The secret of signed cookies."""
        return self._derived("sessions")

    @property
    def limits(self) -> bytes:
        """The secret of the hashes under which limited attempts are counted."""
        return self._derived("limits")

    @property
    def jobs(self) -> bytes:
        """The secret that jobs' arguments, results and files are encrypted with."""
        return self._derived("jobs")

    @property
    def known_browsers(self) -> bytes:
        """The secret that proves that somebody has signed in with a browser before."""
        return self._derived("known browsers")

    @property
    def telephone_checks(self) -> bytes:
        """The secret of the links by which another device shows that it reaches the server."""
        return self._derived("telephone checks")

    @property
    def second_factors(self) -> bytes:
        """The secret that the secrets of authenticator apps are encrypted with."""
        return self._derived("second factors")

    @property
    def mail_server(self) -> bytes:
        """The secret that the mail server's password is encrypted with."""
        return self._derived("mail server")

    def passkey_owner(self, operator_id: int) -> bytes:
        """Return the number by which a person's devices keep their passkeys of this server."""
        return hmac.digest(self._derived("passkeys"), str(operator_id).encode(), "sha256")

    def recovery_hash(self, code: str) -> bytes:
        """Return a keyed hash of a recovery code; guesses cannot be tested without the key."""
        return hmac.digest(self._derived("recovery codes"), code.encode(), "sha256")

    @property
    def integrations(self) -> bytes:
        """The secret that secrets shared with other programs are encrypted with."""
        return self._derived("integrations")

    @property
    def bounces(self) -> bytes:
        """The secret that proves that a reported bounce is of a message that this server sent."""
        return self._derived("bounces")

    @property
    def bounce_webhook(self) -> str:
        """The secret part of the address to which a mail server may post bounces."""
        return self._derived("bounce webhook").hex()[:32]

    def link_mark(self, slug: str, badge_id: UUID) -> bytes:
        """Return the 128-bit mark that authenticates a participant's own link."""
        return hmac.digest(self._derived(f"links:{slug}"), badge_id.bytes, "sha256")[:16]

    def _derive(self, purpose: str) -> bytes:
        info = b"marhaba v1 " + purpose.encode()
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(self._master)


def _p256_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    # 32 bytes are no number below the curve's order by themselves; 0 is none either.
    number = int.from_bytes(secret) % (_P256_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())
