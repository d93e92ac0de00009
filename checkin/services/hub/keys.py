"""The keys of a hub: its own, but for what the central server has given it."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkin.services.common.keys import Keys


class KeysOfHub(Keys):
    """Keys of an installation that is a hub.

    It signs its answers with the key that its certificate names, and opens the walk-ins that gates
    have sealed for it. Badges of the event are made with a key that it does not have: those of its
    own walk-ins open nothing anywhere.

    Args:
        walk_in_key: a number below the order of P-256, 32 bytes.
    """

    def __init__(self, keys: Keys, walk_in_key: bytes) -> None:
        super().__init__(keys._master)
        self._walk_ins = ec.derive_private_key(int.from_bytes(walk_in_key), ec.SECP256R1())

    def list_signer(self, _slug: str) -> Ed25519PrivateKey:
        """Return the key that signs this hub's answers."""
        return self.hub_signer

    def walk_in_opener(self, _slug: str) -> ec.EllipticCurvePrivateKey:
        """Return the key that the central server has made for walk-ins at this hub."""
        return self._walk_ins
