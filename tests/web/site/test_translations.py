"""The catalogues: complete, and served as they are written."""

from __future__ import annotations

import ast
import re
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from checkin.words.compiled import catalogues
from tests.words.reading import messages_in, messages_of

ROOT = Path(__file__).parents[3]
TRANSLATIONS = ROOT / "checkin" / "translations"
LANGUAGES = ("fr", "ar")
ROOMS = ("checkin", "scanner", "badges")
#: what only French shortens
ELISION = re.compile(r"\b(?:[cdjlmns]|qu|jusqu|quelqu|aujourd)'(?=\w)", re.IGNORECASE)

#: a mark after a plain space, which no other language has, and SQL has elsewhere
LOOSE_MARK = re.compile(r"(?<![A-Z=,(]) [:;!?](?!\S)| »|« ")


def catalogue(language: str):
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def sentences_in_the_source() -> set:
    with (TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = set()
    for folder in ("checkin/web", "checkin/domain/people", "templates"):
        inside = [
            (pattern.removeprefix(folder + "/"), how)
            for pattern, how in methods
            if pattern.startswith(folder)
        ]
        for _, _, message, _, _ in extract_from_dir(
            ROOT / folder, inside, options, directory_filter=lambda _: True
        ):
            found.add(message)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_source_is_translated_and_none_is_left_over(language):
    translated = {message.id for message in catalogue(language) if message.id}

    assert {str(one) for one in translated} == {str(one) for one in sentences_in_the_source()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_empty_unsure_or_breaks_its_places(language):
    whole = catalogue(language)
    messages = [message for message in whole if message.id]
    places = [
        message.id
        for message in messages
        if isinstance(message.id, str)
        and sorted(part.split("}")[0] for part in message.id.split("{")[1:])
        != sorted(part.split("}")[0] for part in message.string.split("{")[1:])
    ]

    assert [m.id for m in messages if not m.string or not all(m.string)] == []
    assert [m.id for m in messages if m.fuzzy] == []
    assert [m.id for m in messages if list(m.check(whole))] == []
    assert places == []


def strings_in(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_french_is_written_with_one_apostrophe():
    """The typographic one; names that people type may hold either."""
    messages = [str(message.string) for message in catalogue("fr") if message.id]
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    written = [(path.name, text) for path in files for text in strings_in(path)]

    assert [text for text in messages if re.search(r"\w'\w", text)] == []
    assert [found for found in written if ELISION.search(found[1])] == []


def test_french_marks_do_not_leave_their_word_at_the_end_of_a_line():
    messages = [str(message.string) for message in catalogue("fr") if message.id]
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    written = [(path.name, text) for path in files for text in strings_in(path)]

    assert [text for text in messages if re.search(r" [:;!?»]|« ", text)] == []
    assert [found for found in written if LOOSE_MARK.search(found[1])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_that_is_served_is_the_written_one(language):
    written = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"

    assert messages_in(catalogues()[language]) == messages_of(written)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (2, "شخصان غائبان"),
        (7, "%(shown)s أشخاص غائبون"),
        (17, "%(shown)s شخصاً غائباً"),
        (217, "%(shown)s شخصاً غائباً"),
        (300, "%(shown)s شخص غائب"),
        (901, "%(shown)s شخص غائب"),
    ],
)
def test_arabic_counts_as_arabic_does(count, said):
    words = GNUTranslations(BytesIO(catalogues()["ar"]))

    found = words.ngettext("%(shown)s person is missing", "%(shown)s people are missing", count)

    assert found == said
