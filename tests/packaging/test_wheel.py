"""The wheel is complete, and enough to serve and scan from an empty folder."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import tarfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

import cv2
import pytest
import requests

from checkin.protocol.version import VERSION
from tests.packaging.installed import (
    ROOT,
    Installed,
    build_sdist,
    build_wheel,
    copy_sources,
    installed_beside,
    installed_with_downloads,
    load_all,
)
from tests.scanner.decode.pictures import qr, scene
from tests.support.servers.server_process import free_port
from tests.support.waiting import wait_for
from tests.words.reading import messages_in, messages_of

PACKAGES = ("checkin", "scanner", "badges")
TRANSLATIONS = Path("checkin", "translations")
#: the written catalogue of each compiled one
COMPILED = {
    file.relative_to(ROOT).with_suffix(".mo").as_posix(): file
    for file in (ROOT / TRANSLATIONS).rglob("*.po")
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Path:
    return copy_sources(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="module")
def wheel(sources, tmp_path_factory) -> Path:
    return build_wheel(sources, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Path:
    return installed_beside(wheel, tmp_path_factory.mktemp("environment") / "venv")


@pytest.fixture
def installed(environment, tmp_path) -> Installed:
    return Installed(environment, tmp_path / "empty")


def files_in(folder: Path) -> set[str]:
    """Return the names of the files of a folder, those that Python and we make left out."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    made = {"__pycache__", "translations"}
    return {path.as_posix() for path in found if not made & set(path.parts)}


def expected() -> set[str]:
    """Return what a wheel holds, besides what it says of itself."""
    templates = files_in(ROOT / "templates")
    mails = {name for name in templates if name.startswith("email/")}
    return {
        *(f"{package}/{name}" for package in PACKAGES for name in files_in(ROOT / package)),
        *COMPILED,
        *(f"checkin/templates/{name}" for name in templates - mails),
        *(f"badges/templates/{name.removeprefix('email/')}" for name in mails),
    }


def held(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def materials_in(wheel: Path) -> bytes:
    """Return what a wheel says that it consists of."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [one for one in archive.namelist() if ".dist-info/sboms/" in one]
        return archive.read(name)


def test_a_wheel_holds_every_file_of_the_program_and_nothing_else(wheel):
    assert wheel.name == f"marhaba-{VERSION}-py3-none-any.whl"
    assert held(wheel) == expected()
    assert materials_in(wheel) == (ROOT / "sbom.cdx.json").read_bytes()


def test_the_source_distribution_has_no_tests_or_data_and_builds_the_same_wheel(
    sources, wheel, tmp_path
):
    sdist = build_sdist(sources, tmp_path / "sdist")

    with tarfile.open(sdist) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    again = build_wheel(sdist, tmp_path / "wheel")

    assert tops & {"tests", "bench", "var", "docs", "script"} == set()
    assert held(again) == expected()
    assert materials_in(again) == materials_in(wheel)


def compiled_in_wheel(wheel: Path) -> dict[str, bytes]:
    """Return the compiled catalogues of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".mo")}


def compiled_in_sdist(sdist: Path) -> dict[str, bytes]:
    """Return the compiled catalogues of a source distribution."""
    with tarfile.open(sdist) as archive:
        return {
            member.name.partition("/")[2]: archive.extractfile(member).read()
            for member in archive
            if member.name.endswith(".mo")
        }


def are_as_written(compiled: dict[str, bytes]) -> bool:
    """Say whether these are the catalogues of each language, as written in the checkout."""
    return set(compiled) == set(COMPILED) and all(
        messages_in(compiled[name]) == messages_of(written) for name, written in COMPILED.items()
    )


def test_a_wheel_compiles_translations_anew_and_ignores_compiled_ones_in_the_checkout(
    sources, wheel, tmp_path
):
    sdist = build_sdist(sources, tmp_path / "sdist")
    again = build_wheel(sdist, tmp_path / "wheel")

    assert are_as_written(compiled_in_wheel(wheel))
    assert are_as_written(compiled_in_sdist(sdist))
    assert are_as_written(compiled_in_wheel(again))
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {name.removesuffix(".mo") + ".po" for name in COMPILED} <= names


def test_control_without_the_build_step_a_wheel_has_no_translations(sources, tmp_path):
    copy = shutil.copytree(sources, tmp_path / "sources")
    build = copy / "setup.py"
    text = build.read_text("utf-8")
    assert text.count("        compile_into(") == 2
    build.write_text(text.replace("        compile_into(", "        Path("), "utf-8")

    wheel = build_wheel(copy, tmp_path / "wheel")
    sdist = build_sdist(copy, tmp_path / "sdist")

    assert compiled_in_wheel(wheel) == compiled_in_sdist(sdist) == {}


def test_a_broken_catalogue_stops_the_build_with_an_explanation(sources, tmp_path):
    copy = shutil.copytree(sources, tmp_path / "sources")
    (copy / TRANSLATIONS / "fr/LC_MESSAGES/pages.po").write_text("<<<<<<< HEAD\n")

    with pytest.raises(AssertionError, match=r"pages\.po cannot be compiled: line 1 is neither"):
        build_wheel(copy, tmp_path / "wheel")


def test_an_installed_wheel_compiles_no_translations(installed, environment):
    (translations,) = environment.glob(f"lib/python*/site-packages/{TRANSLATIONS}")
    files = {path: path.stat() for path in translations.rglob("*") if path.is_file()}

    installed.printed("python", "-c", "from checkin.web.site.page_words import Words; Words()")

    assert {path.relative_to(translations.parents[1]).as_posix() for path in files} == set(COMPILED)
    after = {path: path.stat() for path in translations.rglob("*") if path.is_file()}
    assert {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in after.items()} == {
        path: (stat.st_ino, stat.st_mtime_ns) for path, stat in files.items()
    }


def test_a_deleted_file_is_not_in_the_next_wheel(sources, tmp_path):
    copy = shutil.copytree(sources, tmp_path / "sources")
    other_name = copy / "checkin/db/migrations/versions/9999_of_another_name.py"
    other_name.write_text("")
    first = build_wheel(copy, tmp_path / "first")

    other_name.unlink()
    second = build_wheel(copy, tmp_path / "second")

    assert held(first) - held(second) == {"checkin/db/migrations/versions/9999_of_another_name.py"}


def test_a_wheel_requires_every_package_that_its_modules_import(installed):
    assert installed.printed("python", "-c", load_all(*PACKAGES)) == "all\n"


def test_a_command_s_help_shows_the_name_it_was_started_with(installed):
    told = installed.run("marhaba", "export", "all.json")

    assert installed.printed("marhaba", "--help").startswith("Usage: marhaba [OPTIONS]")
    assert installed.printed("marhaba-scanner", "--help").startswith("usage: marhaba-scanner [-h]")
    assert installed.printed("marhaba", "--version") == f"marhaba {VERSION}\n"
    assert installed.printed("marhaba-scanner", "--version") == f"marhaba-scanner {VERSION}\n"
    assert installed.printed("python", "-m", "checkin", "-h").startswith("Usage: python -m checkin")
    assert told.stderr == "error: the database is not set up: run `marhaba init` first\n"


@contextmanager
def serving(installed: Installed):
    """Serve until the end of the block, then press Ctrl-C; yield the address."""
    port = free_port()
    process = installed.begin("run", "--port", str(port))
    log = installed.folder.with_suffix(".log")

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False

    try:
        wait_for(answers, "the server of the wheel", 120)
        yield f"http://127.0.0.1:{port}"
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 0, log.read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def first_confirmed(installed: Installed) -> dict[str, str]:
    codes = installed.printed("marhaba", "badges", "codes", "--csv", "-")
    lines = csv.DictReader(io.StringIO(codes))
    return next(line for line in lines if line["status"] == "confirmed")


def main_job(installed: Installed) -> None:
    """Set up, serve the demo, open pages, print a badge, admit a scan; all from an empty folder."""
    (installed.folder / ".env").write_text("CHECKIN_LANGUAGE=ar\n")
    installed.printed("marhaba", "init")
    installed.printed("marhaba", "demo", "--participants", "60")
    person = first_confirmed(installed)
    installed.printed("marhaba", "badges", "pdf", "--delegation", person["delegation"])
    device = json.loads(
        installed.printed("marhaba", "device", "add", "--gate", "Porte 1", "--json")
    )
    cv2.imwrite(str(installed.folder / "badge.png"), scene(qr(person["code"])))

    with serving(installed) as url:
        health = requests.get(f"{url}/healthz", timeout=10).json()
        pages = {path: requests.get(url + path, timeout=10) for path in ("/login", "/scan")}
        worker = requests.get(f"{url}/scan/worker.js", timeout=10)
        style = requests.get(f"{url}/static/css/marhaba.css", timeout=10)
        identity = ("--server", url, "--token", device["device_token"], "--spool", "spool")
        scanned = installed.printed(
            *("marhaba-scanner", "--source", "badge.png", "--headless", "--language", "fr"),
            *identity,
        )

    assert health == {"status": "ok", "version": VERSION}
    # The server read the folder's `.env`, too; a catalogue is there to say it in Arabic.
    assert all('<html lang="ar-MA" dir="rtl"' in page.text for page in pages.values())
    assert "كلمة السر" in pages["/login"].text
    assert (worker.status_code, style.status_code) == (200, 200)
    sheets = list((installed.folder / "var" / "badges").rglob("*.pdf"))
    assert sheets
    assert all(sheet.read_bytes().startswith(b"%PDF") for sheet in sheets)
    verdict = json.loads(scanned.splitlines()[0])
    assert (verdict["status"], verdict["reason"], verdict["offline"]) == ("ok", None, False)
    assert verdict["participant"]["id"] == int(person["participant_id"])
    assert {path.name for path in installed.folder.iterdir()} == {
        *(".env", "var", "badge.png", "spool")
    }


@pytest.mark.proof
def test_an_installed_wheel_serves_and_scans_from_an_empty_folder(installed):
    main_job(installed)


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_an_installed_wheel_serves_and_scans_with_hash_checked_requirements(wheel, tmp_path):
    main_job(Installed(installed_with_downloads(wheel, tmp_path / "venv"), tmp_path / "empty"))
