"""Serve."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import click

from checkin.cli.address import say_addresses
from checkin.cli.office import Office, in_office, say, warn_if_root
from checkin.cli.records import erase_again
from checkin.cli.running.serving import free_address, reached_host, serve
from checkin.cli.running.venue_network import VenueNetwork
from checkin.cli.running.worker import worker_beside
from checkin.db.models import Event
from checkin.errors import SettingsError
from checkin.services.badges.refs import fill_refs
from checkin.services.common.master_key import keep_check_value
from checkin.services.common.private_files import hide_folder
from checkin.services.common.readiness import readiness
from checkin.services.network.public_address import Listening, write_listening
from checkin.services.people.names import fill_name_terms
from checkin.settings import DOTENV_VARIABLE, Settings
from checkin.words.compiled import compile_all

_HOST = "0.0.0.0: all networks; ::, those of IPv6, too"
_WORKERS = "how many processes answer; more than one on PostgreSQL only"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help=_HOST)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help=_WORKERS)
@click.option("--tls", is_flag=True, help="HTTPS with certificates of our own authority")
@click.option("--tls-cert", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--no-worker", is_flag=True, help="leave heavy work to another machine's `worker`")
@in_office
def run(
    office: Office,
    host: str,
    port: int,
    workers: int,
    tls: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    no_worker: bool,
) -> None:
    """Serve the API, the scan page and the boards."""
    if (tls_cert is None) != (tls_key is None):
        raise SettingsError("--tls-cert and --tls-key go together")
    _check_processes(office, workers)
    place = Place(host, port, free_address(host, port))
    _check_readiness(office)
    warn_if_root()
    given = None if tls_cert is None or tls_key is None else (tls_cert, tls_key)
    serve_installation(
        office,
        place,
        own_tls=tls and given is None,
        given=given,
        processes=workers,
        more=nullcontext() if no_worker else worker_beside(),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens: the host as it was given, the port, and the host's IP address."""

    host: str
    port: int
    address: str


def serve_installation(
    office: Office,
    place: Place,
    *,
    own_tls: bool,
    given: tuple[Path, Path] | None = None,
    processes: int = 1,
    more: AbstractContextManager[None],
) -> None:
    """Serve until Ctrl-C.

    Args:
        own_tls: with certificates of our own authority.
        given: certificate and key of somebody else's.
        more: what goes on beside the server and the network's parts.
    """
    hide_folder(office.settings.home)
    known = office.public_address().url
    network = VenueNetwork(
        office.settings, place.host, place.address, place.port, public_url=known, tls=own_tls
    )
    cert, key = given or (network.certificate, network.certificate)
    _pass_settings_on(office.settings)
    scheme = "https" if cert else "http"
    listening = Listening(scheme, reached_host(place.host, place.address), place.port)
    office.write(lambda session: write_listening(session, listening))
    office.write(lambda session: keep_check_value(session, office.keys))
    fill_refs(office.database, office.keys)
    fill_name_terms(office.database)
    erase_again(office)
    with office.database.read() as session:
        slugs = [event.slug for event in session.query(Event).order_by(Event.starts_at)]
    say_addresses(office, slugs)
    say("stop with Ctrl-C")
    office.close()  # the processes that answer have connections of their own

    @contextmanager
    def beside(restart_workers: Callable[[], None]) -> Iterator[None]:
        with network.beside(restart_workers, tls=cert is not None), more:
            yield

    serve(
        "checkin.wsgi:served",
        place.address,
        place.port,
        cert,
        key,
        processes=processes,
        beside=beside,
    )


def _check_readiness(office: Office) -> None:
    """Refuse to serve without a key, words, or a database and a disk that take scans.

    Raises:
        SettingsError: the sentence says what is missing.
    """
    keys = office.keys
    compile_all()
    faults = readiness(office.database, office.settings.home, keys)
    if faults:
        raise SettingsError("; ".join(f"{part}: {fault}" for part, fault in faults.items()))


def _pass_settings_on(settings: Settings) -> None:
    """Let the processes that are started from here find the settings, wherever that is."""
    os.environ["CHECKIN_HOME"] = str(settings.home.resolve())
    os.environ["CHECKIN_DATABASE_URL"] = settings.database
    os.environ[DOTENV_VARIABLE] = str(Path(os.environ.get(DOTENV_VARIABLE) or ".env").resolve())


def _check_processes(office: Office, count: int) -> None:
    """Refuse several processes on SQLite.

    Raises:
        SettingsError: they would be slower than one, and limits would not hold.
    """
    if count > 1 and office.raw_database.dialect == "sqlite":
        raise SettingsError(
            f"--workers {count} needs PostgreSQL (CHECKIN_DATABASE_URL): a SQLite file takes one "
            "write at a time, so a single process, whose scans share their commits, is quicker, "
            "and it alone counts what is limited"
        )
