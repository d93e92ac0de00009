"""The pages' catalogues of translations, as Flask-Babel needs them."""

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
    """The translations of a folder, which are read once in a process."""

    def __init__(self, folder: Path = TRANSLATIONS) -> None:
        """Read the translations.

        Raises:
            BrokenCatalogue: a language cannot be served.
        """
        super().__init__(domain="pages")
        self._translations = _read_once(folder)

    def get_translations(self) -> NullTranslations:
        """Return the translations of the request's language; there are none into English."""
        locale = get_locale()
        return self._translations.get(locale.language if locale else "", _AS_IN_THE_SOURCE)


@cache
def _read_once(folder: Path) -> Mapping[str, NullTranslations]:
    found = catalogues("pages", folder)
    return {language: Translations(BytesIO(compiled)) for language, compiled in found.items()}
