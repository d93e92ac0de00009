"""The commands of docs/CONTRIBUTING.md bring a new sentence into every language."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from checkin.words.extraction import DOMAINS
from tests.docs.pages import commands_of
from tests.words.checkouts import Checkout
from tests.words.reading import messages_in, messages_of

TRANSLATED = ("ar", "fr")
NEW, GIVEN_UP = "A sentence of a test", "Accounts"
RENEW, COMPILE = (
    command.text for command in commands_of("docs/CONTRIBUTING.md") if "words" in command.text
)


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    checkout = Checkout(tmp_path / "checkout")
    checkout.install_nothing()
    for room in ("checkin/web", "templates"):
        for file in (checkout.folder / room).rglob("*"):
            if file.suffix in (".py", ".html"):
                text = file.read_text("utf-8")
                file.write_text(text.replace(f'_("{GIVEN_UP}")', f'_("{NEW}")'), "utf-8")
    return checkout


def written(checkout: Checkout, language: str, domain: str = "pages") -> Path:
    return checkout.translations / language / "LC_MESSAGES" / f"{domain}.po"


def entries(checkout: Checkout, language: str, domain: str) -> dict[object, object]:
    with written(checkout, language, domain).open("rb") as file:
        return {one.id: one.string for one in read_po(file, language) if one.id}


def type_all(checkout: Checkout, *commands: str) -> None:
    for command in commands:
        done = checkout.shell(command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_changed_sentence_reaches_every_language_and_no_other_translation_is_lost(checkout):
    before = {language: messages_of(written(checkout, language)) for language in TRANSLATED}

    type_all(checkout, RENEW)
    for language in before:
        text = written(checkout, language).read_text("utf-8")
        empty = f'msgid "{NEW}"\nmsgstr ""\n'
        assert text.count(empty) == 1
        filled = text.replace(empty, f'msgid "{NEW}"\nmsgstr "in {language}"\n')
        written(checkout, language).write_text(filled, "utf-8")
    type_all(checkout, COMPILE)

    for language, kept in before.items():
        del kept[GIVEN_UP]
        compiled = messages_in(written(checkout, language).with_suffix(".mo").read_bytes())
        assert compiled == {**kept, NEW: f"in {language}"}


def test_a_language_that_is_new_gets_a_catalogue_of_each_domain_to_be_filled_in(checkout):
    languages = checkout.folder / "checkin" / "words" / "languages.py"
    text = languages.read_text("utf-8")
    row = '        Language("es", "es", "ltr", "Español", ("espagnol", "spanish")),\n'
    languages.write_text(
        text.replace('        Language("fr"', f'{row}        Language("fr"'), "utf-8"
    )

    type_all(checkout, RENEW)

    for domain in DOMAINS:
        found, french = entries(checkout, "es", domain), entries(checkout, "fr", domain)
        assert found.keys() == french.keys()
        assert not any(isinstance(text, str) and text for text in found.values())
