"""A stop of all entries, as gates and people hear of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from checkin.domain.scanning.messages import DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Stop:
    """Nobody is admitted at any gate, and this is what people are told."""

    since: datetime
    fr: str
    ar: str
    en: str

    def message(self, language: str) -> str:
        """Return what people are told; an unknown language reads French."""
        return self.messages.get(language) or self.messages[DEFAULT_LANGUAGE]

    @property
    def messages(self) -> dict[str, str]:
        """What people are told, by language."""
        return {"fr": self.fr, "ar": self.ar, "en": self.en}
