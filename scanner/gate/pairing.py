"""The QR on the organiser's devices page, which pairs the laptop whose camera reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from checkin.protocol.codes import ALPHABET, normalise_code
from checkin.protocol.fingerprints import fingerprint_typed
from scanner.camera.sources import Frame
from scanner.core.errors import NotPaired
from scanner.decode.base import Decoder, grey_of
from scanner.gate.station import Sight

CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Invitation:
    """A pairing code, and the server that gave it; empty where it was typed.

    Attributes:
        fingerprint: of the server's own authority; empty where the link has none; None where the
            code was typed, so that no fingerprint was given.
    """

    code: str
    server: str = ""
    fingerprint: str | None = ""


def invitation_in(text: str) -> Invitation | None:
    """Read `https://SERVER/scan#pair=CODE&ca=FINGERPRINT`; None when a text is no such link.

    The fingerprint may be missing, and must be whole where it is there.
    """
    try:
        link = urlsplit(text)
        told = parse_qs(link.fragment, keep_blank_values=True)
    except ValueError:
        return None
    codes, authorities = told.get("pair", []), told.get("ca", [""])
    if link.scheme not in ("http", "https") or not link.hostname:
        return None
    if len(codes) != 1 or len(authorities) != 1:
        return None
    code = code_typed(codes[0])
    fingerprint = fingerprint_typed(authorities[0]) if authorities[0] else ""
    if not code or fingerprint is None:
        return None
    # A proxy may give the server only a path of its host: https://HOST/marhaba/scan.
    below = link.path.rstrip("/").removesuffix("/scan")
    return Invitation(code, f"{link.scheme}://{link.netloc}{below}", fingerprint)


def code_typed(text: str) -> str | None:
    """Return the pairing code that somebody typed, or None when it is none."""
    code = normalise_code(text)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None


@dataclass
class Greeter:
    """Looks for an invitation in what the camera reads.

    Attributes:
        refused: a code that the server did not take; the camera may still see it.
    """

    invitation: Invitation | None = field(default=None)
    refused: str = ""

    def saw_picture(self, texts: Iterable[str], _at_s: float) -> dict[str, Sight]:
        """Take the texts of a picture; badges are ignored before the pairing."""
        return {text: self._saw(text) for text in texts}

    def _saw(self, text: str) -> Sight:
        found = invitation_in(text)
        if found and found.code == self.refused:
            return Sight.HELD
        self.invitation = self.invitation or found
        return Sight.SENT if found else Sight.NOT_OURS


def invitation_seen(frames: Iterable[Frame], decoder: Decoder) -> Invitation:
    """Return the first invitation that comes into view.

    Raises:
        NotPaired: the source ended without one.
    """
    for frame in frames:
        for reading in decoder.read(grey_of(frame.image)):
            if found := invitation_in(reading.text):
                return found
    raise NotPaired
