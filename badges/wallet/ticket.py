"""The data of a badge for both wallets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from badges.spec import BadgeSpec
from badges.texts import filling, texts_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One badge for a wallet.

    Wallets are copied to the clouds of their makers and show themselves on locked screens, so a
    sensitive event's name, its organiser, its logo and the participant's category stay out.

    Args:
        serial: the same for a participant at an event: a new pass takes the old one's place.
        badge: the same for one badge, and for no other one.
        ends_at: aware; afterwards the pass is shown as expired.
        organiser: who issues it, where the event is not sensitive.
    """

    spec: BadgeSpec
    serial: str
    badge: str
    ends_at: datetime
    sensitive: bool
    organiser: str = ""
    logo: bytes | None = None

    def words(self, language: str) -> dict[str, str]:
        """Return what is written in a language, by the names of `badges.texts.filling`."""
        words = filling(self.spec, language)
        return words | {"event": texts_in(language).calendar_neutral} if self.sensitive else words

    @property
    def issuer(self) -> str:
        """The issuer's name: the organiser, or Marhaba where the organiser must not be named."""
        return "Marhaba" if self.sensitive or not self.organiser else self.organiser
