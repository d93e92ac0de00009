"""Badges for Apple Wallet and Google Wallet, offered where the organisation's keys are set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from badges.spec import BadgeError
from badges.wallet.apple import PassSigner, apple_pass, pass_signer
from badges.wallet.google import LinkSigner, google_link, link_signer
from badges.wallet.ticket import Ticket
from checkin.db.models import Event
from checkin.errors import SettingsError
from checkin.services.badges.page import ShownBadge

APPLE_FILES = ("certificate.pem", "key.pem", "wwdr.pem")


class Wallet(StrEnum):
    """A kind of wallet; its value is the last part of its address under a badge's page."""

    APPLE = "badge.pkpass"
    GOOGLE = "google-wallet"


@dataclass(frozen=True, slots=True)
class Wallets:
    """The wallets that this installation has keys for."""

    apple: PassSigner | None = None
    google: LinkSigner | None = None
    google_for_sensitive: bool = False

    def offered(self, event: Event, now: datetime) -> list[Wallet]:
        """Return the wallets that the participants of an event are offered.

        Google reads the name in the link, so a sensitive event offers it only by a setting.
        """
        offers = {
            Wallet.APPLE: self.apple is not None and self.apple.is_valid(now),
            Wallet.GOOGLE: self.google is not None
            and (self.google_for_sensitive or not event.sensitive),
        }
        return [wallet for wallet, offered in offers.items() if offered and now < event.ends_at]


NO_WALLETS = Wallets()


def load_wallets(files: WalletFiles, now: datetime) -> Wallets:
    """Read the wallet keys that the settings name.

    Raises:
        SettingsError: a key cannot be used; the sentence names the setting.
    """
    return Wallets(_apple(files.apple, now), _google(files), files.google_for_sensitive)


def pass_of(shown: ShownBadge, wallets: Wallets, now: datetime) -> bytes | None:
    """Return a badge as an Apple Wallet pass; None where it is not offered."""
    if wallets.apple is None or Wallet.APPLE not in wallets_for(shown, wallets, now):
        return None
    return apple_pass(_ticket(shown), wallets.apple)


def google_link_of(shown: ShownBadge, wallets: Wallets, now: datetime) -> str | None:
    """Return the address that saves a badge in Google Wallet; None where it is not offered."""
    if wallets.google is None or Wallet.GOOGLE not in wallets_for(shown, wallets, now):
        return None
    return google_link(_ticket(shown), wallets.google, now)


def wallets_for(shown: ShownBadge, wallets: Wallets, now: datetime) -> list[Wallet]:
    """Return the wallets that a badge's page offers: none for a badge that is not confirmed."""
    return wallets.offered(shown.event, now) if shown.confirmed else []


def _ticket(shown: ShownBadge) -> Ticket:
    event, spec = shown.event, shown.spec
    of_event = f"{event.created_at:%Y%m%d%H%M%S}-{event.id}"
    return Ticket(
        spec=spec,
        serial=f"{of_event}-{spec.number}",
        badge=sha256(shown.badge_id.bytes).hexdigest()[:24],
        ends_at=event.ends_at,
        sensitive=event.sensitive,
        organiser=event.organiser,
        logo=shown.look.logo,
    )


def _apple(folder: Path | None, now: datetime) -> PassSigner | None:
    if folder is None:
        return None
    certificate, key, intermediate = (
        _read("CHECKIN_APPLE_WALLET", folder / name) for name in APPLE_FILES
    )
    try:
        return pass_signer(certificate, key, intermediate, now)
    except BadgeError as fault:
        raise SettingsError(f"CHECKIN_APPLE_WALLET: {fault}") from None


def _google(files: WalletFiles) -> LinkSigner | None:
    if files.google is None:
        return None
    if not files.google_issuer.isdecimal():
        raise SettingsError(
            "CHECKIN_GOOGLE_WALLET_ISSUER: give the issuer's number, as Google's wallet console "
            "shows it"
        )
    try:
        return link_signer(_read("CHECKIN_GOOGLE_WALLET", files.google), files.google_issuer)
    except BadgeError as fault:
        raise SettingsError(f"CHECKIN_GOOGLE_WALLET: {fault}") from None


def _read(setting: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise SettingsError(f"{setting}: {path} cannot be read: {fault.strerror}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletFiles:
    """The files of the wallets' keys, as `checkin.settings` explains them."""

    apple: Path | None = None
    google: Path | None = None
    google_issuer: str = ""
    google_for_sensitive: bool = False
