"""Serve."""

from __future__ import annotations

import os
from pathlib import Path

import click

from checkin.cli.certificate import self_signed
from checkin.cli.listening import free_address
from checkin.cli.office import Office, in_office, say
from checkin.cli.serving import serve
from checkin.db.models import Event
from checkin.errors import SettingsError
from checkin.services.readiness import readiness


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0: all networks")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--tls", is_flag=True, help="HTTPS with a certificate of our own making")
@click.option("--tls-cert", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_office
def run(
    office: Office,
    host: str,
    port: int,
    tls: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
) -> None:
    """Serve the API, the scan page and the boards."""
    if (tls_cert is None) != (tls_key is None):
        raise SettingsError("--tls-cert and --tls-key go together")
    address = free_address(host, port)
    office.keys  # noqa: B018 - no key, no server
    faults = readiness(office.database, office.settings.home)
    if faults:
        raise SettingsError("; ".join(f"{part}: {fault}" for part, fault in faults.items()))
    if tls and tls_cert is None:
        tls_cert, tls_key = self_signed(office.settings.home / "tls", host)
    # The server's own process reads its settings from here, wherever it was started.
    os.environ["CHECKIN_HOME"] = str(office.settings.home.resolve())
    os.environ["CHECKIN_DATABASE_URL"] = office.settings.database
    base = f"{'https' if tls_cert else 'http'}://{_shown(host)}:{port}"
    os.environ.setdefault("CHECKIN_BASE_URL", base)
    _say_addresses(office, base)
    serve("wsgi:served", address, port, tls_cert, tls_key)


def _shown(host: str) -> str:
    return "localhost" if host in ("0.0.0.0", "::", "127.0.0.1") else host  # noqa: S104 - compared


def _say_addresses(office: Office, base: str) -> None:
    with office.database.read() as session:
        slugs = [event.slug for event in session.query(Event).order_by(Event.starts_at)]
    say(f"log in:     {base}/login")
    say(f"scan page:  {base}/scan")
    for slug in slugs:
        say(f"board:      {base}/events/{slug}/board")
    say('a scanner:  python -m checkin device pair --gate "Porte 1"')
    say(f"            python -m scanner --server {base} --pair CODE")
    say("stop with Ctrl-C")
