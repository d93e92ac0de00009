"""The installed program: a wheel in an environment of its own, started in an empty folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.modes.addresses import lan_address
from tests.modes.laptop import settings_of
from tests.modes.mode import Mode, Place, Programs
from tests.server_process import ROOT, free_port

#: what is no part of the program, and large
_LEFT_OUT = (".git", ".venv", "var", "tests", "docs", "bench", "build", "*.egg-info", "__pycache__")


def installed_wheel(place: Place) -> Mode:
    """`pip install marhaba-….whl`, then `marhaba` in an empty folder with an `.env` file."""
    address, port = place.until_the_end.enter_context(lan_address()), free_port()
    url = f"http://{address}:{port}"
    programs = install(build_wheel(place.files / "wheel"), place.files / "environment")
    folder = place.files / "event"
    folder.mkdir()
    settings = {**settings_of(place, url), "CHECKIN_HOME": "var"}
    lines = (f"{name}={value}\n" for name, value in settings.items())
    (folder / ".env").write_text("".join(lines), "utf-8")
    return Mode(
        programs=Programs(
            checkin=(str(programs / "marhaba"),),
            scanner=(str(programs / "marhaba-scanner"),),
            folder=folder,
        ),
        files=place.files,
        url=url,
        listen=("--host", "0.0.0.0", "--port", str(port)),
        mail=place.mail,
        camera_url=f"http://localhost:{port}",
        language="en",
    )


def build_wheel(folder: Path) -> Path:
    """Build the wheel from a copy of the checkout, in which building leaves nothing behind."""
    copy = folder / "marhaba"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT), symlinks=True)
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, copy)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """Install a wheel into a new environment, and return the folder of its programs.

    The libraries that it asks for are those that are installed here: a file in the environment
    leads to them. Nothing else of this checkout is within its reach.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
    python = folder / "bin" / "python"
    where = {"base": str(folder), "platbase": str(folder)}
    libraries = Path(sysconfig.get_path("purelib", vars=where))
    (libraries / "libraries-of-the-tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    _pip("--python", python, "install", "--no-deps", "--no-index", wheel)
    return folder / "bin"


def _pip(*arguments: object) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    done = subprocess.run(
        [sys.executable, "-m", "pip", *map(str, arguments), *quiet],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
