"""Catalogues are compiled where they are missing or outdated, and only there."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from babel.messages.frontend import CommandLineInterface

from checkin.words import compiled
from checkin.words.compiled import (
    BrokenCatalogue,
    catalogue_files,
    catalogues,
    compile_all,
    compile_into,
)
from tests.support.racing import race_processes, wait_for_the_others
from tests.support.servers.server_process import ROOT
from tests.words.checkouts import begin_in, compiled_in, locked, written_only
from tests.words.reading import messages_in, messages_of

BOTH = ["ar/LC_MESSAGES/pages.mo", "fr/LC_MESSAGES/pages.mo"]


@pytest.fixture
def folder(tmp_path) -> Path:
    """The catalogues of a fresh clone."""
    return written_only(tmp_path / "translations")


@pytest.fixture
def french(folder) -> Path:
    return folder / "fr" / "LC_MESSAGES" / "pages.po"


def reword(written: Path) -> None:
    """Change a sentence, and leave the file as old as it was."""
    before = written.stat()
    text = written.read_text("utf-8")
    assert text.count('msgstr "Comptes"') == 1
    written.write_text(text.replace('msgstr "Comptes"', 'msgstr "Les comptes"'), "utf-8")
    os.utime(written, ns=(before.st_atime_ns, before.st_mtime_ns))


def as_they_stand(folder: Path) -> list[tuple[int, int]]:
    """Return what changes when the compiled files are written again."""
    stats = [(folder / file).stat() for file in BOTH]
    return [(stat.st_ino, stat.st_mtime_ns) for stat in stats]


def says_what_is_written(folder: Path) -> bool:
    found = catalogues("pages", folder)
    return all(
        messages_in(found[language]) == messages_of(folder / language / "LC_MESSAGES/pages.po")
        for language in ("ar", "fr")
    )


def test_a_missing_catalogue_is_compiled_and_stored(folder):
    found = catalogues("pages", folder)

    assert sorted(found) == ["ar", "fr"]
    assert says_what_is_written(folder)
    assert compiled_in(folder) == BOTH
    assert (folder / BOTH[0]).read_bytes() == found["ar"]


def test_an_up_to_date_compiled_catalogue_is_not_written_again(folder):
    first = catalogues("pages", folder)
    before = as_they_stand(folder)

    again = catalogues("pages", folder)

    assert again == first
    assert as_they_stand(folder) == before


@pytest.mark.parametrize("older_by_s", [-60, 0, 60], ids=["newer", "as old", "older"])
def test_a_changed_sentence_is_compiled_whatever_the_clocks_say(folder, french, older_by_s):
    catalogues("pages", folder)
    reword(french)
    of_compiled = (folder / BOTH[1]).stat().st_mtime_ns
    moment = of_compiled - older_by_s * 10**9
    os.utime(french, ns=(moment, moment))

    assert messages_in(catalogues("pages", folder)["fr"])["Accounts"] == "Les comptes"
    assert says_what_is_written(folder)
    assert messages_in((folder / BOTH[1]).read_bytes())["Accounts"] == "Les comptes"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: b"",
        lambda kept: kept[:-1],
        lambda kept: kept[: len(kept) // 2],
        lambda kept: b"\0" * len(kept),
        lambda kept: kept.replace(b"Comptes", b"?omptes"),
    ],
    ids=["empty", "cut", "half", "zeros", "a letter"],
)
def test_a_damaged_compiled_catalogue_is_compiled_again(folder, spoil):
    catalogues("pages", folder)
    file = folder / BOTH[1]
    file.write_bytes(spoil(file.read_bytes()))

    assert says_what_is_written(folder)
    assert says_what_is_written(folder)
    assert compiled_in(folder) == BOTH


def test_gettext_reads_what_is_kept_as_it_reads_what_pybabel_compiled(folder, tmp_path):
    """Unsure entries are left out by both; what pybabel leaves is compiled again, with a digest."""
    for language in ("ar", "fr"):
        file = folder / language / "LC_MESSAGES" / "pages.po"
        text = file.read_text("utf-8")
        file.write_text(text.replace('msgid "Accounts"', '#, fuzzy\nmsgid "Accounts"'), "utf-8")
    CommandLineInterface().run(["pybabel", "-q", "compile", "-D", "pages", "-d", str(folder)])
    by_pybabel = {file: (folder / file).read_bytes() for file in BOTH}

    catalogues("pages", folder)

    for file, theirs in by_pybabel.items():
        ours = messages_in((folder / file).read_bytes())
        assert (folder / file).read_bytes() != theirs
        assert ours == messages_in(theirs)
        assert "Accounts" not in ours


HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
ENTRY = '\nmsgid "Accounts"\nmsgstr "Comptes"\n'
BROKEN = {
    "conflict": (f"{HEADER}\n<<<<<<< HEAD{ENTRY}", "line 5 is neither an entry nor a comment"),
    "cut": (f'{HEADER}{ENTRY}\nmsgid "Gates"\nmsgstr "Por', "line 9 is neither an entry nor"),
    "quote": (f'{HEADER}\nmsgid "Acc"ounts"\nmsgstr ""\n', "line 5 is neither an entry nor"),
    "no answer": (f'{HEADER}\nmsgid "Gates"\n{ENTRY}', "line 5: missing msgstr for msgid 'Gates'"),
    "letters": (f"{HEADER}{ENTRY}".encode() + b'\nmsgid "\xff"\nmsgstr "x"\n', "can't decode"),
    "charset": (f"{HEADER}{ENTRY}".replace("utf-8", "utf-99"), "unknown encoding: utf-99"),
    "plural": (
        f'{HEADER}"Plural-Forms: nplurals=2; plural=(n > ;\\n"\n{ENTRY}',
        "unexpected end of plural form",
    ),
    "no header": (ENTRY, "it has no header"),
    "unsure": (f"#, fuzzy\n{HEADER}{ENTRY}", "marked as fuzzy, which stands for all"),
    "empty": ("", "it has no header"),
    "only a header": (HEADER, "it translates nothing"),
    "not of gettext": ("PK\x03\x04", "line 1 is neither an entry nor a comment"),
}


@pytest.mark.parametrize(("content", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_catalogue_is_told_in_one_sentence(folder, french, content, reason):
    catalogues("pages", folder)
    kept = (folder / BOTH[1]).read_bytes()
    french.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(BrokenCatalogue) as told:
        catalogues("pages", folder)

    assert str(told.value).startswith(f"{french} cannot be compiled: ")
    assert reason in str(told.value)
    assert "\n" not in str(told.value)
    assert (folder / BOTH[1]).read_bytes() == kept
    assert compiled_in(folder) == BOTH


def test_without_any_catalogue_nothing_is_served_in_english_silently(tmp_path):
    with pytest.raises(BrokenCatalogue, match="there is no catalogue of any language"):
        compile_all(tmp_path)
    with pytest.raises(BrokenCatalogue, match="there is no written catalogue"):
        compile_into(tmp_path / "target", tmp_path)


def test_without_source_catalogues_the_compiled_ones_are_read_unchanged(folder, tmp_path):
    """So it is in a wheel."""
    compile_into(tmp_path / "wheel", folder)
    before = as_they_stand(tmp_path / "wheel")

    found = catalogues("pages", tmp_path / "wheel")

    assert found == catalogues("pages", folder)
    assert compiled_in(tmp_path / "wheel") == BOTH
    assert as_they_stand(tmp_path / "wheel") == before
    assert catalogue_files(tmp_path / "wheel") == [tmp_path / "wheel" / file for file in BOTH]


def test_a_build_compiles_anew_whatever_lies_there(folder, tmp_path):
    target = tmp_path / "target"
    for place in (folder, target):
        (place / BOTH[1]).parent.mkdir(parents=True, exist_ok=True)
        (place / BOTH[1]).write_bytes(b"stale")

    compile_into(target, folder)

    for file in BOTH:
        written = (folder / file).with_suffix(".po")
        assert messages_in((target / file).read_bytes()) == messages_of(written)
    assert (folder / BOTH[1]).read_bytes() == b"stale"


def test_when_a_compiled_catalogue_cannot_be_stored_it_is_served_without_leftovers(folder):
    (folder / BOTH[1]).mkdir()

    assert says_what_is_written(folder)
    assert compiled_in(folder) == BOTH[:1]


READ_IN_A_LOCKED_FOLDER = """
import sys
from pathlib import Path
from checkin.words.compiled import catalogues
from tests.words.test_compiled import says_what_is_written
folder = Path(sys.argv[1])
try:
    (folder / "fr/LC_MESSAGES/mine").touch()
except PermissionError:
    print("locked")
print(says_what_is_written(folder))
"""


@pytest.mark.parametrize("stale", [False, True], ids=["missing", "stale"])
def test_a_folder_that_cannot_be_written_serves_what_is_written_now(folder, french, stale):
    if stale:
        catalogues("pages", folder)
        reword(french)
    before = {name: (folder / name).read_bytes() for name in compiled_in(folder)}

    with locked(folder):
        process = begin_in(ROOT, ["-c", READ_IN_A_LOCKED_FOLDER, str(folder)], os.environ)
        printed, errors = process.communicate(timeout=120)

    assert printed.split() == ["locked", "True"], errors
    assert {name: (folder / name).read_bytes() for name in compiled_in(folder)} == before


def read_with_the_others(at: int, folder: Path) -> dict[str, bytes]:
    wait_for_the_others()
    return catalogues("pages", folder)


def test_processes_that_start_at_once_all_serve_and_leave_whole_files(folder):
    found = race_processes(4, read_with_the_others, [folder])

    assert all(one == found[0] for one in found)
    assert says_what_is_written(folder)
    assert compiled_in(folder) == BOTH


def reads_half(file: Path, put, *, within_s: float) -> bool:
    """Say whether somebody finds no whole file while it is written again and again."""
    whole, half, end = b"whole" * 40_000, False, time.monotonic() + within_s
    put(file, whole)
    done = Event()

    def write() -> None:
        while not done.is_set():
            put(file, whole)

    with ThreadPoolExecutor(1) as writer:
        writing = writer.submit(write)
        while not half and time.monotonic() < end:
            half = file.read_bytes() != whole
        done.set()
    writing.result()
    return half


def test_who_reads_while_a_file_is_written_reads_a_whole_one(tmp_path):
    assert not reads_half(tmp_path / "pages.mo", compiled._write_atomically, within_s=1)
    assert [path.name for path in tmp_path.iterdir()] == ["pages.mo"]


def test_control_who_reads_a_file_that_is_written_in_place_reads_half_of_it(tmp_path):
    assert reads_half(tmp_path / "pages.mo", Path.write_bytes, within_s=60)
