"""Translate sentences: look the code's English sentence up in the catalogue of a language.

Each domain has its catalogues: `device` what a gate says, on a scanner or by the API; `import` what
a list or a form asks for, and what is wrong with what people wrote there; `letters` badges and
e-mails; `pages` the pages, which `checkin.web` reads by Flask-Babel.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO

from checkin.words.compiled import catalogues
from checkin.words.isolates import isolated_once
from checkin.words.languages import SOURCE_LANGUAGE, spoken


def say(domain: str, language: str, msgid: str, /, **details: object) -> str:
    """Return a sentence in a language with its details filled in; default for unknown languages.

    Raises:
        KeyError: a detail that the sentence needs is missing.
    """
    return isolated_once(translated(domain, language, msgid).format(**details))


def said_in_context(domain: str, language: str, context: str, msgid: str, /) -> str:
    """Return a word that means something else elsewhere, as it is said in this context."""
    return _translations(domain, language).pgettext(context, msgid)


def translated(domain: str, language: str, msgid: str, /) -> str:
    """Return a sentence in a language, its places still open; an unknown one reads the default."""
    return _translations(domain, language).gettext(msgid)


def say_number(
    domain: str, language: str, one: str, many: str, number: int, /, **details: object
) -> str:
    """Return a sentence about a number of things, as the language counts them: `{number}`."""
    sentence = _translations(domain, language).ngettext(one, many, number)
    return sentence.format(number=number, **details)


def msgid(sentence: str) -> str:
    """Mark a sentence that `say` gets by a name or out of a table, so that extraction finds it."""
    return sentence


def _translations(domain: str, language: str) -> NullTranslations:
    return _of_each_language(domain)[spoken(language).tag]


@cache
def _of_each_language(domain: str) -> Mapping[str, NullTranslations]:
    compiled = catalogues(domain)
    translated = {tag: GNUTranslations(BytesIO(of)) for tag, of in compiled.items()}
    return {SOURCE_LANGUAGE: NullTranslations(), **translated}
