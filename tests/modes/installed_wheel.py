"""The installed program: a wheel in an environment of its own, started in an empty folder."""

from __future__ import annotations

from pathlib import Path

from tests.modes.laptop import settings_of
from tests.modes.mode import Mode, Place, Programs
from tests.modes.venue import lan_address
from tests.packaging.installed import build_wheel, copy_sources, installed_beside
from tests.support.servers.server_process import free_port


def installed_wheel(place: Place) -> Mode:
    """`pip install marhaba-….whl`, then `marhaba` in an empty folder with an `.env` file."""
    address, port = lan_address(), free_port()
    url = f"http://{address}:{port}"
    programs = _environment(place.files) / "bin"
    folder = place.files / "event"
    folder.mkdir()
    settings = {**settings_of(place), "CHECKIN_HOME": "var"}
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


def _environment(files: Path) -> Path:
    sources = files / "sources"
    sources.mkdir()
    return installed_beside(build_wheel(copy_sources(sources), files / "wheel"), files / "venv")
