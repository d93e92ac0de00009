"""A test's own checkout, without compiled catalogues, whose folders can be made read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.servers.server_process import ROOT

TRANSLATIONS = Path("checkin", "translations")
#: a root that locked folders lock out, too
_AS_OTHERS = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")


def written_only(folder: Path) -> Path:
    """Copy what is written of the pages' catalogues into a folder."""
    others = {file.name for file in (ROOT / TRANSLATIONS).rglob("*.po")} - {"pages.po"}
    return shutil.copytree(
        ROOT / TRANSLATIONS, folder, ignore=shutil.ignore_patterns("*.mo", *others)
    )


class Checkout:
    """The program as it was cloned, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.translations = folder, folder / TRANSLATIONS
        unwanted = shutil.ignore_patterns("*.mo", "static")
        # With what is compiled of the program itself, which is as old as the copies of its files:
        # each start would compile five hundred of them.
        shutil.copytree(ROOT / "checkin", folder / "checkin", ignore=unwanted)
        (folder / "checkin" / "static").symlink_to(ROOT / "checkin" / "static")
        shutil.copytree(ROOT / "templates", folder / "templates")
        for name in ("badges", "scanner", "wsgi.py"):
            (folder / name).symlink_to(ROOT / name)

    def begin(
        self, arguments: Sequence[str], environ: Mapping[str, str], log: Path | None = None
    ) -> subprocess.Popen[str]:
        """Begin a Python in it, for which its locked folders are locked."""
        return begin_in(self.folder, arguments, environ, log)

    def install_nothing(self) -> None:
        """Give it an environment in which all is installed that it needs: that of the tests."""
        programs = self.folder / ".venv" / "bin"
        programs.mkdir(parents=True)
        for name in ("python",):
            program = Path(sys.executable).with_name(name)
            (programs / name).write_text(f'#!/bin/sh\nexec {program} "$@"\n')
            (programs / name).chmod(0o755)
        shutil.copytree(ROOT / "script", self.folder / "script")
        pinned = "requirements.txt"
        shutil.copy(ROOT / pinned, self.folder / pinned)
        shutil.copy(ROOT / pinned, self.folder / ".venv" / f"installed-{pinned}")

    def shell(
        self, line: str, environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a line of shell in it."""
        return subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=self.folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def catalogues(self) -> list[str]:
        """The names that all catalogues have once they are compiled."""
        written = (path.relative_to(self.translations) for path in self.translations.rglob("*.po"))
        return sorted(path.with_suffix(".mo").as_posix() for path in written)

    @property
    def compiled(self) -> list[str]:
        """The names of all files that are not written by people, temporary ones too."""
        return compiled_in(self.translations)


def begin_in(
    folder: Path, arguments: Sequence[str], environ: Mapping[str, str], log: Path | None = None
) -> subprocess.Popen[str]:
    """Start Python in a folder, so that read-only folders are read-only for root, too."""
    before = _AS_OTHERS if os.geteuid() == 0 else ()
    with (log or Path(os.devnull)).open("ab") as printed:
        return subprocess.Popen(
            [*before, sys.executable, *arguments],
            cwd=folder,
            env={**environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=printed if log else subprocess.PIPE,
            stderr=printed if log else subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


@contextmanager
def locked(translations: Path) -> Iterator[None]:
    """Let nobody write into the folders of these catalogues until the end of the block."""
    folders = list(translations.glob("*/LC_MESSAGES"))
    for folder in folders:
        folder.chmod(0o555)
    try:
        yield
    finally:
        for folder in folders:
            folder.chmod(0o755)


def compiled_in(translations: Path) -> list[str]:
    """Return the names of all files there that are not written by people."""
    files = (path for path in translations.rglob("*") if path.is_file())
    found = (path for path in files if path.suffix != ".po")
    return sorted(path.relative_to(translations).as_posix() for path in found)
