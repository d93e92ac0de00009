"""Seal device tokens with the system's key store: the macOS keychain, Windows' or a desktop's.

Where there is none, as on a computer without a desktop, tokens are kept in a file of their user.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

#: the name under which people find the tokens in their key store
SERVICE = "marhaba-scanner"
#: keyring's own sign of a store that encrypts; files in clear and stand-ins are below it
_RECOMMENDED = 1


def seal(name: str, token: str) -> bool:
    """Keep a token in the key store; False if there is none, or it took nothing."""
    store = _store()
    if store is None:
        return False
    try:
        store.set_password(SERVICE, name, token)
        return store.get_password(SERVICE, name) == token
    except Exception:
        return False


def unsealed(name: str) -> str | None:
    """Return a token that was sealed; None if the key store does not give it."""
    store = _store()
    with contextlib.suppress(Exception):
        return store.get_password(SERVICE, name) if store else None
    return None


def erase(name: str) -> None:
    """Remove a token from the key store; one that does not answer keeps what no server takes."""
    store = _store()
    with contextlib.suppress(Exception):
        if store:
            store.delete_password(SERVICE, name)


def _store() -> KeyringBackend | None:
    """Return the system's key store as keyring found it; None where nothing would be encrypted."""
    try:
        import keyring

        store = keyring.get_keyring()
        return store if store.priority >= _RECOMMENDED else None
    except Exception:
        return None
