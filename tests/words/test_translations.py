"""Every sentence of the code is in every catalogue, and no other sentence is."""

from __future__ import annotations

import ast
import re
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from checkin.words.compiled import TRANSLATIONS, catalogues
from checkin.words.extraction import DOMAINS, FOLDERS, ROOT, template
from checkin.words.isolates import isolated, without_isolates
from checkin.words.languages import LANGUAGES, SOURCE_LANGUAGE
from tests.words.reading import messages_in, messages_of

TRANSLATED = [tag for tag in LANGUAGES if tag != SOURCE_LANGUAGE]
ROOMS = ("checkin", "scanner", "badges")
#: what only French shortens
ELISION = re.compile(r"\b(?:[cdjlmns]|qu|jusqu|quelqu|aujourd)'(?=\w)", re.IGNORECASE)

#: a mark after a plain space, which no other language has, and SQL has elsewhere
LOOSE_MARK = re.compile(r"(?<![A-Z=,(]) [:;!?](?!\S)| »|« ")
#: a sentence that is said or marked to be said, with the catalogue where that is written beside it
SAYING = re.compile(r"\b(?:say|say_number|translated|said_in_context|msgid)\(\s*(?:\"(\w+)\",)?")
each = pytest.mark.parametrize(
    ("domain", "language"), [(domain, tag) for domain in DOMAINS for tag in TRANSLATED]
)


def written(domain: str, language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.po"


def catalogue(domain: str, language: str) -> Catalog:
    with written(domain, language).open("rb") as file:
        return read_po(file, locale=language)


def in_french() -> list[str]:
    return [str(m.string) for domain in DOMAINS for m in catalogue(domain, "fr") if m.id]


def test_every_language_has_every_catalogue_and_there_are_no_others():
    found = {file.relative_to(TRANSLATIONS) for file in TRANSLATIONS.rglob("*.po")}

    expected = {written(domain, tag) for domain in DOMAINS for tag in TRANSLATED}
    assert found == {file.relative_to(TRANSLATIONS) for file in expected}


@each
def test_every_sentence_of_the_source_is_translated_and_none_is_left_over(domain, language):
    translated = {(m.context, m.id) for m in catalogue(domain, language) if m.id}

    assert translated == {(m.context, m.id) for m in template(domain) if m.id}


@each
def test_no_translation_is_empty_unsure_or_breaks_its_places(domain, language):
    whole = catalogue(domain, language)
    messages = [message for message in whole if message.id]
    places = [
        message.id
        for message in messages
        if isinstance(message.id, str)
        and {part.split("}")[0] for part in message.id.split("{")[1:]}
        != {part.split("}")[0] for part in message.string.split("{")[1:]}
    ]

    assert [m.id for m in messages if not m.string or not all(m.string)] == []
    assert [m.id for m in messages if m.fuzzy] == []
    assert [m.id for m in messages if list(m.check(whole))] == []
    assert places == []


def speaking() -> list[tuple[str, str]]:
    """Return each file that says something, with what it says it by."""
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    texts = ((path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in files)
    return [one for one in texts if "from checkin.words.catalogues import" in one[1]]


def domain_of(file: str) -> str | None:
    return next((of for folder, of in FOLDERS.items() if file.startswith(f"{folder}/")), None)


def test_every_module_with_sentences_is_in_a_folder_that_is_extracted():
    assert [file for file, _text in speaking() if domain_of(file) is None] == []


def test_every_module_uses_the_catalogue_of_its_folder():
    wrong = {
        (file, said)
        for file, text in speaking()
        for said in SAYING.findall(text)
        if said and said != domain_of(file)
    }

    assert wrong == set()


def strings_in(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_french_is_written_with_one_apostrophe():
    """The typographic one; names that people type may hold either."""
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    in_code = [(path.name, text) for path in files for text in strings_in(path)]

    assert [text for text in in_french() if re.search(r"\w'\w", text)] == []
    assert [found for found in in_code if ELISION.search(found[1])] == []


def test_french_marks_do_not_leave_their_word_at_the_end_of_a_line():
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    in_code = [(path.name, text) for path in files for text in strings_in(path)]

    assert [text for text in in_french() if re.search(r" [:;!?»](?!…)|« ", text)] == []
    assert [found for found in in_code if LOOSE_MARK.search(found[1])] == []


@each
def test_the_catalogue_that_is_served_is_the_written_one(domain, language):
    served = messages_in(catalogues(domain)[language])

    assert served == messages_of(written(domain, language))


@each
def test_a_language_counts_as_unicode_says_it_does(domain, language):
    counted = GNUTranslations(BytesIO(catalogues(domain)[language])).plural
    unicode = Locale(language).plural_form
    forms = [(unicode(number), counted(number)) for number in range(1000)]

    assert len(set(forms)) == len({form for form, _ in forms}) == len({at for _, at in forms})


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (2, "شخصان لم يصلا بعد"),
        (7, "%(shown)s أشخاص لم يصلوا بعد"),
        (17, "%(shown)s شخصا لم يصلوا بعد"),
        (217, "%(shown)s شخصا لم يصلوا بعد"),
        (300, "%(shown)s شخص لم يصلوا بعد"),
        (901, "%(shown)s شخص لم يصلوا بعد"),
    ],
)
def test_arabic_counts_as_arabic_does(count, said):
    words = GNUTranslations(BytesIO(catalogues("pages")["ar"]))

    found = words.ngettext(
        "%(shown)s person is not here yet", "%(shown)s people are not here yet", count
    )

    assert without_isolates(found) == said


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_scan_page_and_the_scanners_window_translate_alike(language):
    shown = {
        message.id: message.string
        for message in catalogue("pages", language)
        if any("gates/scan" in file for file, _ in message.locations)
    }
    window = {message.id: message.string for message in catalogue("device", language)}

    both = shown.keys() & window.keys()
    assert len(both) > 20
    assert {said: shown[said] for said in both} == {said: window[said] for said in both}


def test_numbers_in_arabic_sentences_keep_their_order():
    """A plus, a date or a pair of numbers turns round unless it is isolated, or stands alone."""
    turns = re.compile(r"\+\d|\d{4}-\d\d-\d\d|-?\d+\.\d+,")
    kept_together = re.compile("\u2066[^\u2066\u2069]*\u2069")

    loose = [
        text
        for domain in DOMAINS
        for message in catalogue(domain, "ar")
        if message.id
        for text in ([message.string] if isinstance(message.string, str) else message.string)
        if turns.search(kept_together.sub("", isolated(text)))
    ]

    assert loose == []
