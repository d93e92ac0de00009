"""The commands of docs/CONTRIBUTING.md bring a new sentence into every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import commands_of
from tests.words.checkouts import Checkout
from tests.words.reading import messages_in, messages_of

NEW, GIVEN_UP = "A sentence of a test", "Accounts"
EXTRACT, UPDATE, COMPILE = (command.text for command in commands_of("docs/CONTRIBUTING.md"))


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


def written(checkout: Checkout, language: str) -> Path:
    return checkout.translations / language / "LC_MESSAGES" / "messages.po"


def type_all(checkout: Checkout, *commands: str) -> None:
    for command in commands:
        done = checkout.shell(command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_changed_sentence_reaches_every_language_and_no_other_translation_is_lost(checkout):
    before = {language: messages_of(written(checkout, language)) for language in ("ar", "fr")}

    type_all(checkout, EXTRACT, UPDATE)
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


def test_control_with_omit_header_no_catalogue_could_be_served(checkout):
    """It takes away the rule for plurals; the commands had it once."""
    type_all(checkout, EXTRACT, f"{UPDATE} --omit-header")

    told = checkout.shell(COMPILE)

    assert told.returncode == 1
    assert "it has no header" in told.stderr
