"""Where the keys for the wallets of telephones are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletFiles:
    """Where the keys are, as `checkin.settings` explains them."""

    apple: Path | None = None
    google: Path | None = None
    google_issuer: str = ""
    google_for_sensitive: bool = False
