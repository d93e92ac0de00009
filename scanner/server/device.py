"""Store this computer's pairings in a file that only its user can read."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import ssl
import sys
from pathlib import Path
from typing import Any

from checkin.protocol.fingerprints import fingerprint_of
from scanner.core.errors import KeyStoreClosed
from scanner.server.client import Pairing
from scanner.server.key_store import erase, seal, unsealed
from scanner.server.self_signed import is_self_signed

#: an allowlist, because a server may tell more of an event than an earlier one did
_STORED_OF_EVENT = frozenset({"slug", "timezone"})


def config_folder() -> Path:
    """Return the folder for this user's settings that is usual on this system."""
    return _user_folder("XDG_CONFIG_HOME", ".config", "APPDATA")


def spool_folder(server: str, token: str) -> Path:
    """Return the spool folder of one device of one server.

    The token is in the name only as a hash: two gates that run on one computer must not send each
    other's scans.
    """
    folder = f"spool-{_name_of(server, token)}"
    return _user_folder("XDG_STATE_HOME", ".local/state", "LOCALAPPDATA") / folder


def remember(server: str, pairing: Pairing) -> None:
    """Store a pairing, readable by this user only, in place of an older one with `server`.

    The token goes into the system's key store where there is one. What the event is called is not
    stored: it says what whoever stole this computer could make of it.
    """
    known = _known()
    # Scans that waited under the old token still belong to this gate: they are sent with the new.
    earlier = known.get(server, {})
    spool = earlier.get("spool") or str(spool_folder(server, pairing.token))
    event = {key: value for key, value in pairing.event.items() if key in _STORED_OF_EVENT}
    place = {"device_id": pairing.device_id, "gate": pairing.gate, "event": event}
    told = {"name": pairing.name, "public_key": pairing.public_key}
    place |= {key: value for key, value in told.items() if value}
    token = _token_as_kept(server, pairing.token)
    known[server] = {**place, **token, "spool": spool, **_authority_in(earlier)}
    _write_known(known)
    if (sealed := earlier.get("sealed")) not in (None, token.get("sealed")):
        erase(sealed)


def forget(server: str, token: str) -> None:
    """Erase a pairing whose token was revoked, but keep the folder of its spool."""
    known = _known()
    entry, name = known.get(server, {}), _name_of(server, token)
    if token != entry.get("token") and name != entry.get("sealed"):
        return
    known[server] = {"spool": entry["spool"], **_authority_in(entry)}
    _write_known(known)
    erase(name)


def remembered(server: str) -> tuple[Pairing, Path] | None:
    """Return the pairing with `server` and its spool, or None when there is none.

    What an earlier version stored in clear is sealed by the way.

    Raises:
        KeyStoreClosed: the token is in the system's key store, which does not give it.
    """
    entry = _known().get(server, {})
    if not is_paired(server):
        return None
    token = entry["token"] if "token" in entry else unsealed(entry["sealed"])
    if token is None:
        raise KeyStoreClosed
    told = (entry.get("name", ""), entry.get("public_key", ""))
    pairing = Pairing(entry["device_id"], token, entry["gate"], entry["event"], *told)
    if "name" in pairing.event:
        remember(server, pairing)
    return pairing, Path(entry["spool"])


def is_paired(server: str) -> bool:
    """Say whether this computer has been paired with `server`, and not been revoked since."""
    return not {"token", "sealed"}.isdisjoint(_known().get(server, {}))


def is_sealed(server: str) -> bool:
    """Say whether the token of the pairing with `server` is in the system's key store."""
    return "sealed" in _known().get(server, {})


def keep_authority(server: str, der: bytes) -> Path:
    """Store the certificate of a server's authority, and return its file (PEM)."""
    fingerprint = fingerprint_of(der)
    path = _authority_file(fingerprint)
    _write_private(path, ssl.DER_cert_to_PEM_cert(der))
    known = _known()
    known[server] = {**known.get(server, {}), "authority": fingerprint}
    _write_known(known)
    return path


def kept_authority(server: str) -> tuple[str, Path] | None:
    """Return the fingerprint and file of a server's authority; None if missing or damaged."""
    fingerprint = _known().get(server, {}).get("authority", "")
    path = _authority_file(fingerprint)
    # A replaced or damaged file is not the authority whose fingerprint was compared.
    with contextlib.suppress(OSError, ValueError):
        der = ssl.PEM_cert_to_DER_cert(path.read_text("ascii"))
        if fingerprint_of(der) == fingerprint and is_self_signed(der):
            return fingerprint, path
    return None


def forget_authority(server: str) -> None:
    """Delete a server's own authority, so that only those of the system count."""
    known = _known()
    if known.get(server, {}).pop("authority", None):
        _write_known(known)


def _token_as_kept(server: str, token: str) -> dict[str, str]:
    name = _name_of(server, token)
    return {"sealed": name} if seal(name, token) else {"token": token}


def _name_of(server: str, token: str) -> str:
    """Return a name for one device of one server, which tells nothing of its token."""
    return hashlib.sha256(f"{server}\n{token}".encode()).hexdigest()[:16]


def _authority_file(fingerprint: str) -> Path:
    return config_folder() / f"authority-{fingerprint}.pem"


def _authority_in(entry: dict[str, Any]) -> dict[str, Any]:
    return {"authority": entry["authority"]} if "authority" in entry else {}


def _write_known(known: dict[str, Any]) -> None:
    _write_private(_file(), json.dumps(known, ensure_ascii=False, indent=1))


def known_spools() -> dict[str, Path]:
    """Return the spool folders by server, also of pairings whose token was revoked."""
    return {
        server: Path(entry["spool"])
        for server, entry in _known().items()
        if isinstance(entry, dict) and "spool" in entry
    }


def _file() -> Path:
    return config_folder() / "scanner.json"


def _known() -> dict[str, Any]:
    # A damaged file means pairing again, not a scanner that no longer starts.
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(_file().read_text(encoding="utf-8"))
        if isinstance(known, dict):
            return known
    return {}


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _user_folder(variable: str, below_home: str, windows_variable: str) -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get(windows_variable) or Path.home()) / "marhaba"
    if sys.platform == "darwin" and variable not in os.environ:
        return Path.home() / "Library" / "Application Support" / "marhaba"
    return Path(os.environ.get(variable) or Path.home() / below_home) / "marhaba"
