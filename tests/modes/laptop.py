"""A laptop on the venue's network: its checkout serves everybody, over HTTP or over TLS."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.modes.mode import Mode, Place, Programs, opened_by_anybody
from tests.modes.venue import lan_address, private_address
from tests.support.servers.server_process import ROOT, free_port

CHECKOUT = Programs(
    checkin=(sys.executable, "-m", "checkin"),
    scanner=(sys.executable, "-m", "scanner"),
    folder=ROOT,
)


def settings_of(place: Place) -> dict[str, str]:
    """Return the settings that every mode has."""
    return {
        "CHECKIN_HOME": str(place.files / "var"),
        "CHECKIN_MAIL_URL": place.mail.url,
        "CHECKIN_MAIL_FROM": "Rencontre <badges@example.org>",
    }


def laptop_over_http(place: Place) -> Mode:
    """`run --host 0.0.0.0`: scanners at the gates, and a browser with a camera on the laptop."""
    address, port = lan_address(), free_port()
    url = f"http://{address}:{port}"
    return Mode(
        programs=CHECKOUT,
        files=place.files,
        url=url,
        listen=("--host", "0.0.0.0", "--port", str(port)),
        mail=place.mail,
        settings=settings_of(place),
        # Over plain HTTP browsers open cameras only for the machine itself.
        camera_url=f"http://localhost:{port}",
        language="fr",
    )


def laptop_over_tls(place: Place) -> Mode:
    """`run --host 0.0.0.0 --tls`: browsers with cameras anywhere on the network."""
    address, port = private_address(), free_port()
    url = f"https://{address}:{port}"
    return Mode(
        programs=CHECKOUT,
        files=place.files,
        url=url,
        listen=("--host", "0.0.0.0", "--port", str(port), "--tls"),
        mail=place.mail,
        settings=settings_of(place),
        authority=lambda: downloaded_authority(url, place.files / "authority.pem"),
        language="ar",
    )


def downloaded_authority(url: str, file: Path) -> Path:
    """Take the authority as the page *trust* offers it to browsers that do not trust it yet."""
    with opened_by_anybody(f"{url}/marhaba-ca.pem") as answer:
        file.write_bytes(answer.read())
    return file
