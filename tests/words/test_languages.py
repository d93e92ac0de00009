"""The list of languages is correct, and the only one."""

from __future__ import annotations

import re

import pytest
from babel import Locale

from checkin.words.extraction import ROOT
from checkin.words.languages import DEFAULT_LANGUAGE, LANGUAGES, SOURCE_LANGUAGE, spoken

#: all languages in a row, as a list of them or as the keys of a table would have them
ANOTHER_LIST = re.compile(r"""["']fr["'].{0,40}["']ar["'].{0,40}["']en["']""", re.DOTALL)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_language_is_what_unicode_knows_of_it(tag):
    language = LANGUAGES[tag]
    known = Locale.parse(language.locale)

    assert known.language == language.tag == tag
    assert known.text_direction == language.direction
    assert Locale(tag).get_display_name(tag).casefold() == language.own_name.casefold()


def test_no_two_languages_answer_to_one_name():
    names = [name for one in LANGUAGES.values() for name in (one.tag, *one.names)]

    assert len(set(names)) == len(names)


def test_an_unknown_language_reads_the_default():
    assert {SOURCE_LANGUAGE, DEFAULT_LANGUAGE} <= set(LANGUAGES)
    assert [spoken(tag) for tag in ("ar", "xx", "", None)] == [
        LANGUAGES["ar"],
        *[LANGUAGES[DEFAULT_LANGUAGE]] * 3,
    ]


def test_no_other_file_lists_the_languages():
    rooms = ("checkin", "scanner", "badges", "templates")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.*")]
    code = [path for path in files if path.suffix in (".py", ".html", ".js", ".typ")]
    found = [path for path in code if ANOTHER_LIST.search(path.read_text("utf-8"))]

    # what a migration did stays as it was
    assert [path for path in found if "migrations" not in path.parts] == []
