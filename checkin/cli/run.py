"""Serve."""

from __future__ import annotations

import os
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from checkin.cli.address import say_addresses
from checkin.cli.certificate import self_signed
from checkin.cli.listening import free_address, reached_host
from checkin.cli.office import Office, in_office, say
from checkin.db.models import Event
from checkin.errors import SettingsError
from checkin.services.live import MAX_STREAMS
from checkin.services.public_address import Listening, write_listening
from checkin.services.readiness import readiness
from checkin.settings import DOTENV_VARIABLE

#: threads beyond those that streams may hold, so that no number of boards keeps a scan waiting
REQUEST_THREADS = 48


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
    os.environ[DOTENV_VARIABLE] = str(Path(os.environ.get(DOTENV_VARIABLE) or ".env").resolve())
    listening = Listening("https" if tls_cert else "http", reached_host(host, address), port)
    office.write(lambda session: write_listening(session, listening))
    with office.database.read() as session:
        slugs = [event.slug for event in session.query(Event).order_by(Event.starts_at)]
    say_addresses(office, slugs)
    say("stop with Ctrl-C")
    serve("wsgi:app", address, port, tls_cert, tls_key)


def serve(
    app: str, address: str, port: int, cert: Path | None = None, key: Path | None = None
) -> None:
    """Serve a WSGI application until Ctrl-C; the benchmarks serve theirs with the same options."""
    Granian(
        app,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        # One process: its writers queue fairly on SQLite, and one core serves 5,000 an hour
        # hundreds of times over.
        workers=1,
        blocking_threads=MAX_STREAMS + REQUEST_THREADS,
        backpressure=MAX_STREAMS + 4 * REQUEST_THREADS,
        websockets=False,
        http1_settings=HTTP1Settings(keep_alive=True),
        ssl_cert=cert,
        ssl_key=key,
        log_level=LogLevels.error,
        workers_kill_timeout=1,
        # Its settings come from the same `.env` as ours.
        working_dir=Path.cwd(),
    ).serve()
