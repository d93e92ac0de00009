"""An installation of the wheel: no checkout, only commands and a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from email import message_from_string
from email.message import Message
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
#: what a wheel is built from
SOURCES = (
    *("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "wsgi.py"),
    *("sbom.cdx.json", "requirements.txt"),
    *("checkin", "scanner", "badges", "templates", "tests", "bench"),
)
NO_EXTRAS: frozenset[str] = frozenset()


def copy_sources(folder: Path) -> Path:
    """Copy the project as a used checkout has it, with data of a server in `var`.

    What is compiled there of the translations is old: French of no text, German that was given up,
    and no Arabic.
    """
    unclean = shutil.ignore_patterns("__pycache__", "*.pyc", "*.mo")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=unclean)
        else:
            shutil.copy(ROOT / name, folder / name)
    for language in ("fr", "de"):
        compiled = folder / "checkin" / "translations" / language / "LC_MESSAGES" / "pages.mo"
        compiled.parent.mkdir(parents=True, exist_ok=True)
        compiled.write_bytes(b"old")
    (folder / "var").mkdir()
    (folder / "var" / "master.key").write_text("secret")
    return folder


def build_wheel(sources: Path, folder: Path) -> Path:
    """Build a wheel with what is installed already; no network is asked.

    Args:
        sources: a folder, or a source distribution.
    """
    offline = ("--no-deps", "--no-build-isolation", "--no-index")
    pip(sys.executable, "wheel", *offline, "--wheel-dir", str(folder), str(sources))
    (wheel,) = folder.glob("*.whl")
    return wheel


def build_sdist(sources: Path, folder: Path) -> Path:
    """Build the source distribution."""
    build = f"from setuptools.build_meta import build_sdist; build_sdist({str(folder)!r})"
    folder.mkdir()
    run([sys.executable, "-c", build], at=sources)
    (sdist,) = folder.glob("*.tar.gz")
    return sdist


def metadata_of(wheel: Path) -> Message:
    """Return what the wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_string(archive.read(name).decode())


class Installed:
    """An environment with the wheel in it.

    Attributes:
        folder: where its commands are started: empty at first.
    """

    def __init__(self, environment: Path, folder: Path) -> None:
        self.folder = folder
        self._bin = environment / ("Scripts" if os.name == "nt" else "bin")
        folder.mkdir()

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of its commands to its end."""
        return subprocess.run(
            [self._bin / program, *arguments],
            cwd=self.folder,
            env=environ(),
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )

    def printed(self, program: str, *arguments: str) -> str:
        """Return what a command prints that ends well."""
        done = self.run(program, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Begin `marhaba …` and let it run; it prints into `server.log` beside the folder."""
        with self.folder.with_suffix(".log").open("ab") as printed:
            return subprocess.Popen(
                [self._bin / "marhaba", *arguments],
                cwd=self.folder,
                env=environ(),
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )


def installed_beside(wheel: Path, folder: Path) -> Path:
    """Install the wheel into an empty environment which sees no more than what the wheel asks for.

    That is taken from where these tests run, so nothing is downloaded.
    """
    environment_with(asked_for_by(metadata_of(wheel).get_all("Requires-Dist") or ()), folder)
    python = str(folder / "bin" / "python")
    pip(sys.executable, "--python", python, "install", "--no-deps", "--no-index", str(wheel))
    return folder


def environment_with(names: Iterable[str], folder: Path, *, besides: Path | None = None) -> None:
    """Make an environment that has these distributions, as they are installed here.

    Args:
        besides: a folder whose packages can be imported, too.
    """
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    (packages,) = folder.glob("lib/python*/site-packages")
    dependencies = folder / "dependencies"
    dependencies.mkdir()
    for name in set(names):
        _link(distribution(name), dependencies)
    (packages / "dependencies.pth").write_text(f"{dependencies}\n{besides or ''}\n")


def load_all(*packages: str) -> str:
    """Return a program that loads every module of some packages and then prints "all"."""
    return f"""
import importlib, pkgutil
for package in {packages}:
    path = importlib.import_module(package).__path__
    for found in pkgutil.walk_packages(path, package + "."):
        name = found.name
        if not name.endswith((".__main__", ".wsgi")) and ".migrations" not in name:
            importlib.import_module(name)
print("all")
"""


def installed_with_downloads(wheel: Path, folder: Path) -> Path:
    """Install the pinned requirements and the wheel as README says."""
    run([sys.executable, "-m", "venv", str(folder)])
    python = str(folder / "bin" / "python")
    pinned = ("--no-deps", "--require-hashes", "-r", str(ROOT / "requirements.txt"))
    pip(python, "install", *pinned)
    pip(python, "install", "--no-deps", str(wheel))
    pip(python, "check")
    return folder


def asked_for_by(needs: Iterable[str], extras: frozenset[str] = NO_EXTRAS) -> Iterator[str]:
    """Return the names of what these lines of a distribution ask for, and what that asks for."""
    for line in needs:
        need = Requirement(line)
        chosen = extras or {""}
        if need.marker is None or any(need.marker.evaluate({"extra": one}) for one in chosen):
            yield need.name
            yield from asked_for_by(distribution(need.name).requires or (), frozenset(need.extras))


def _link(installed: Distribution, folder: Path) -> None:
    for file in installed.files or ():
        top = file.parts[0]
        if top not in ("..", "__pycache__") and not (folder / top).exists():
            (folder / top).symlink_to(Path(str(installed.locate_file(top))))


def environ() -> dict[str, str]:
    """Return the environment of somebody who has set nothing of ours."""
    ours = ("CHECKIN_", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def pip(python: str, *arguments: str) -> None:
    """Run an environment's pip."""
    run([python, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments])


def run(command: list[str], at: Path | None = None) -> None:
    """Run a command that must end well."""
    done = subprocess.run(
        command,
        cwd=at,
        env=environ(),
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
