"""What the pages say: the catalogues as Flask-Babel asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale

from checkin.words.compiled import TRANSLATIONS, catalogues

_AS_IN_THE_SOURCE = NullTranslations()


class Words(Domain):  # type: ignore[misc] # Flask-Babel has no types
    """The translations of a folder, read once in a process, wherever they could be kept."""

    def __init__(self, folder: Path = TRANSLATIONS) -> None:
        """Read them.

        Raises:
            BrokenCatalogue: a language cannot be served.
        """
        super().__init__()
        self._translations = _read_once(folder)

    def get_translations(self) -> NullTranslations:
        """Return the translations of the request's language; there are none into English."""
        locale = get_locale()
        return self._translations.get(locale.language if locale else "", _AS_IN_THE_SOURCE)


@cache
def _read_once(folder: Path) -> Mapping[str, NullTranslations]:
    found = catalogues(folder)
    return {language: Translations(BytesIO(compiled)) for language, compiled in found.items()}
