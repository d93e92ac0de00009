"""Every command and option is documented, and nothing is documented that is not there.

The idea is sqlite-utils': who adds an option learns here that nobody can read of it yet.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache

import click
import pytest
from dotenv import dotenv_values

from checkin.cli.main import cli
from checkin.settings import PREFIX, Settings
from scanner.__main__ import _parser
from tests.docs.pages import blocks_of, code_spans, commands_of, pages
from tests.support.servers.server_process import ROOT

REFERENCE = "docs/commands.md"
SETTINGS_PAGE = "docs/operating.md"
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
_SETTING = re.compile(r"CHECKIN_[A-Z_]*[A-Z]")
_CALLS = ("python -m checkin ", "marhaba ")
#: options of other programs that the pages name
_OF_OTHERS = {"--no-deps", "--require-hashes", "--help", "--profile", "--kiosk"}
#: where other names that begin so are laid down: of our scripts, of benchmarks, of style sheets
_DEFINED = (
    "script/*",
    "deploy/*",
    "bench/**/*.py",
    "tests/fuzzing/*.py",
    "checkin/static/css/*.css",
)


def commands(
    command: click.Command = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command that people type with its words: (("badges", "send"), …)."""
    if command.hidden:
        return
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name, below in command.commands.items():
        yield from commands(below, (*path, name))


COMMANDS = dict(commands())
_SECTION = re.compile(r"^##+ ([^\n]+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
SECTIONS = dict(_SECTION.findall(pages()[REFERENCE]))


def options_of(command: click.Command) -> set[str]:
    return {
        name
        for one in command.params
        if isinstance(one, click.Option)
        for name in (*one.opts, *one.secondary_opts)
        if name.startswith("--")
    }


def scanner_options() -> set[str]:
    return {name for one in _parser()._actions for name in one.option_strings if name[:2] == "--"}


@cache
def defined_elsewhere() -> set[str]:
    files = [file for pattern in _DEFINED for file in ROOT.glob(pattern) if file.is_file()]
    texts = [file.read_text("utf-8") for file in files]
    return _OF_OTHERS.union(*map(_OPTION.findall, texts))


def without_blocks(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_command_and_its_options_are_in_the_reference_and_no_others(path):
    documented = SECTIONS.get(" ".join(path))

    assert documented is not None, f"write a section “### {' '.join(path)}” into {REFERENCE}"
    assert set(_OPTION.findall(without_blocks(documented))) == options_of(COMMANDS[path])


def test_common_options_are_at_the_head_of_the_reference():
    head = pages()[REFERENCE].partition("\n## ")[0]

    assert options_of(cli) <= set(_OPTION.findall(head))


def test_the_options_of_the_scanner_are_in_the_reference_and_no_others():
    documented = set(_OPTION.findall(without_blocks(SECTIONS["The scanner"])))

    assert documented == scanner_options() - {"--help"}


def test_the_reference_has_no_section_of_a_command_that_is_not_there():
    sections = re.findall(r"^### (.+)$", pages()[REFERENCE], re.MULTILINE)

    assert sorted(sections) == sorted(map(" ".join, COMMANDS))


def command_called(words: list[str]) -> tuple[click.Command, list[str]] | None:
    """Return the command that a line calls and what follows, None where it calls none of ours."""
    for length in (2, 1):
        if (found := COMMANDS.get(tuple(words[:length]))) is not None:
            return found, words[length:]
    return None


def calls_on(page: str) -> Iterator[str]:
    """Yield what a page tells to type of `checkin`, without how Python is called."""
    for text in [*(one.text for one in commands_of(page)), *code_spans(page)]:
        for begin in _CALLS:
            before, found, after = text.partition(begin)
            if found and before in ("", ".venv/bin/"):
                yield after
    yield from (span for span in code_spans(page) if command_called(span.split()))


@pytest.mark.parametrize("page", pages())
def test_what_a_page_tells_to_type_exists(page):
    for call in calls_on(page):
        called = command_called(shlex.split(call))
        if called is None:
            assert call.split()[0] in ("…", "--version"), f"{page}: there is no command “{call}”"
            continue
        command, rest = called
        named = {word.partition("=")[0] for word in rest if word.startswith("--")}
        unknown = named - options_of(command) - {"--help"}
        assert not unknown, f"{page}: “{call}” has no option {', '.join(unknown)}"


@pytest.mark.parametrize("page", pages())
def test_a_page_names_no_option_that_nothing_has(page):
    ours = scanner_options().union(*map(options_of, COMMANDS.values()))
    named = {name for span in code_spans(page) for name in _OPTION.findall(span)}

    assert named - ours - defined_elsewhere() == set()


def test_every_setting_has_its_row_and_no_row_has_none():
    rows = re.findall(r"^\| `(CHECKIN_\w+)` \|", pages()[SETTINGS_PAGE], re.MULTILINE)

    assert sorted(rows) == sorted(PREFIX + name.upper() for name in Settings.model_fields)
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("page", pages())
def test_a_page_names_no_setting_that_is_not_there(page):
    there = {PREFIX + name.upper() for name in Settings.model_fields}

    assert set(_SETTING.findall(pages()[page])) - there == set()


@pytest.mark.parametrize(
    "block", [b for page in pages() for b in blocks_of(page, "ini")], ids=lambda b: f"line {b.line}"
)
def test_lines_for_the_settings_file_are_taken_as_they_stand(block, tmp_path):
    file = tmp_path / ".env"
    file.write_text(block.text, "utf-8")
    given = dotenv_values(file)

    Settings.model_validate({name.removeprefix(PREFIX).lower(): v for name, v in given.items()})
