"""Serve an event's hall from a laptop there, also while the line to the central server is down."""

from __future__ import annotations

import http.client
import os
import signal
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import click
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from checkin.cli.office import Office, complain, in_office, now, say
from checkin.cli.running.kept_process import kept_running
from checkin.cli.running.run import Place, serve_installation
from checkin.cli.running.serving import free_address
from checkin.cli.setup import set_up
from checkin.db.migrate import current_revision
from checkin.db.models import Upstream
from checkin.db.sealing import VARIABLE, is_plain
from checkin.errors import SettingsError
from checkin.protocol.fingerprints import AUTHORITY_PATH, fingerprint_of, fingerprint_typed
from checkin.protocol.gate_list import public_key_text
from checkin.protocol.version import VERSION
from checkin.services.hub.addresses import hub_addresses
from checkin.services.hub.exchange import Exchange, try_exchange
from checkin.services.hub.joining import (
    CentralServer,
    has_account,
    keep_upstream,
    open_account,
)
from checkin.services.hub.link import Central, CentralRefused, CentralUnproven, CentralUnreachable
from checkin.services.hub.sealing import (
    LEAST_LETTERS,
    HubKeys,
    erase,
    has_salt,
    keys_from,
    keys_of_memory,
)
from checkin.services.hub.upstream import has_mirror, upstream, upstream_or_none
from checkin.services.network.certificates.authority import own_authority
from checkin.worker.processes import die_with_parent

_EVERY_S = 5.0
_STARTED_BY = "MARHABA_HUB"
#: IP address and port at which the hub listens, for the process that exchanges
_PLACE_VARIABLE, _PORT = "MARHABA_HUB_LISTENS_AT", 8443
#: the exchange ends so when this hub is wanted no more
_OVER = 75
_ACCOUNT = "hub@example.org"


@click.command()
@click.option("--upstream", "url", metavar="URL", help="the central server, at the first start")
@click.option("--pair", "code", metavar="CODE", help="the pairing code from its page Hubs")
@click.option("--authority", metavar="FINGERPRINT", help="of a central server with --tls")
@click.option("--host", default="0.0.0.0", show_default=True)  # noqa: S104 - it is for the hall
@click.option("--port", type=click.IntRange(1, 65535), default=_PORT, show_default=True)
@click.option("--forget", is_flag=True, help="keep nothing when this program ends")
@click.option("--end", is_flag=True, help="bring everything, erase it here, and say so")
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="instead of typing the passphrase",
)
@in_office
def hub(
    office: Office,
    url: str | None,
    code: str | None,
    authority: str | None,
    host: str,
    port: int,
    forget: bool,
    end: bool,
    passphrase_file: Path | None,
) -> None:
    """Serve a hall from a laptop there, also while its line to the central server is down."""
    home = Path(os.environ.get("CHECKIN_HOME") or "var")
    _refuse_others_database(home / "marhaba.db")
    if forget:
        erase(home, home / "marhaba.db")
    keys = keys_of_memory() if forget else _keys(home, passphrase_file)
    _hand_on(keys)
    _check_database(office)
    if end:
        _end(office)
        return
    place = Place(host, port, free_address(host, port))
    link = _link(office)
    if link is None:
        link = _pair(office, url, code, authority, place)
    elif url is not None:
        _check_same(link, url)
    if not has_mirror(link):  # the line may have broken off after the pairing
        _fetch_first(office, link, place)
    _open_account_once(office, link)
    say(f"hub:        {link.name}, of {link.url}")
    more = _exchange_beside(place)
    serve_installation(office, place, own_tls=True, more=more)


def _refuse_others_database(file: Path) -> None:
    """Leave alone what is no hub's: before anything is erased, or made beside it.

    Raises:
        SettingsError: what to do instead.
    """
    with suppress(FileNotFoundError):
        if is_plain(file):
            raise SettingsError(
                f"{file} is the database of a server, and no hub's: choose another folder with "
                "CHECKIN_HOME"
            )


def _keys(home: Path, file: Path | None) -> HubKeys:
    """Ask for the passphrase, twice where it is chosen now.

    Raises:
        SettingsError: it is too short.
    """
    is_new = not has_salt(home)
    if file is not None:
        passphrase = file.read_text("utf-8").strip()
    else:
        if is_new:
            say("Choose a passphrase. Without it nobody, you neither, opens what this hub holds.")
        passphrase = click.prompt(
            "Passphrase", hide_input=True, confirmation_prompt=is_new, err=True
        )
    if is_new and len(passphrase) < LEAST_LETTERS:
        raise SettingsError(f"a passphrase has {LEAST_LETTERS} letters at least: several words")
    return keys_from(passphrase, home)


def _hand_on(keys: HubKeys) -> None:
    """Let this process and those that it starts open the database."""
    os.environ[VARIABLE] = keys.database
    os.environ["CHECKIN_MASTER_KEY"] = keys.master
    os.environ["CHECKIN_HOURLY_COPIES"] = "false"  # the central server has everything


def _check_database(office: Office) -> None:
    """Refuse what is no file of this hub, or another passphrase.

    Raises:
        SettingsError: what to do instead.
    """
    if office.raw_database.dialect != "sqlite":
        raise SettingsError("a hub keeps its own SQLite file: unset CHECKIN_DATABASE_URL")
    try:
        current_revision(office.raw_database)
    except DatabaseError:
        raise SettingsError(
            "this passphrase does not open the database here; or the folder is another "
            "installation's: choose another with CHECKIN_HOME"
        ) from None


def _link(office: Office) -> Upstream | None:
    """Return what this folder keeps of a central server; None: it is no hub's yet."""
    if current_revision(office.raw_database) is None:
        return None
    with office.database.read() as session:
        return upstream_or_none(session)


def _check_same(link: Upstream, url: str) -> None:
    if link.url.rstrip("/") != url.rstrip("/"):
        raise SettingsError(
            f"this folder holds the hub of {link.url}: start it without --upstream, or choose "
            "another folder with CHECKIN_HOME"
        )


def _pair(
    office: Office, url: str | None, code: str | None, authority: str | None, place: Place
) -> Upstream:
    """Pair with the central server, and keep what it gives.

    Raises:
        SettingsError: an option is missing, or the server refuses or cannot be reached.
    """
    if not (url and code):
        raise SettingsError(
            "a hub that is new needs --upstream URL and --pair CODE: the central server's page "
            "Hubs shows both"
        )
    _check_url(url)
    pem = _shown_authority(url, authority) if authority else ""
    set_up(office)
    settings = office.settings
    certificate, _key = own_authority(settings.home.resolve() / "tls", now())
    central = Central(url, _file_of(settings.home, pem))
    told = {
        "pairing_code": code,
        "name": os.uname().nodename[:100] or "hub",
        "software": f"marhaba-hub/{VERSION}",
        "public_key": "",
        "authority": certificate.public_bytes(Encoding.PEM).decode(),
        "addresses": hub_addresses(place.address, place.port),
    }
    try:
        told["public_key"] = public_key_text(office.keys.hub_signer)
        paired = central.pair(told)
    except CentralRefused as fault:
        raise SettingsError(f"the central server refuses to pair: {fault}") from None
    except CentralUnproven as fault:
        raise SettingsError(
            f"{url}: {fault}. With run --tls it has an authority of its own: add --authority and "
            "the fingerprint that its page Hubs shows"
        ) from None
    except CentralUnreachable as fault:
        raise SettingsError(f"{url}: {fault}") from None
    name = paired["certificate"]["document"]["name"]
    server = CentralServer(url.rstrip("/"), pem)
    return office.write(lambda session: keep_upstream(session, server, name, paired))


def _end(office: Office) -> None:
    """Bring everything to the central server, erase what is here, and tell it.

    Raises:
        SettingsError: something could not be brought, so that it stays here.
    """
    link = _link(office)
    if link is None:
        raise SettingsError("this folder holds no hub: choose its folder with CHECKIN_HOME")
    exchange = _exchange_of(office, link, "0.0.0.0", _PORT)  # noqa: S104 - it only tells so
    try:
        exchange.run()
    except CentralUnreachable as fault:
        raise SettingsError(f"the central server is needed for that: {fault}") from None
    if left := exchange.waiting():
        raise SettingsError(_left_behind(left, _link(office)))
    _erase(office, exchange)
    say("everything is at the central server, and nothing is here any more")


def _left_behind(count: int, link: Upstream | None) -> str:
    if link and link.refused:
        names = ", ".join(link.refused)
        return (
            f"the central server does not register {names}: register them there by hand, then "
            "revoke this hub on its page Hubs, which erases what is here"
        )
    return f"{count} scans or walk-ins are not at the central server yet: try again"


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    is_local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        raise SettingsError(
            f"--upstream {url}: the address of the central server begins with https://, because "
            "the names of everybody pass there"
        )


def _shown_authority(url: str, asked: str) -> str:
    """Return the PEM of the authority that a server shows, if it has the fingerprint.

    Raises:
        SettingsError: it has another one, or shows none.
    """
    fingerprint = fingerprint_typed(asked)
    if fingerprint is None:
        raise SettingsError("--authority: give all 64 digits of the fingerprint")
    parts = urlsplit(url)
    # Nothing secret is sent, and what comes counts only with the right fingerprint.
    connection = http.client.HTTPSConnection(
        parts.hostname or "",
        parts.port,
        timeout=10,
        context=ssl._create_unverified_context(),  # noqa: S323
    )
    try:
        connection.request("GET", AUTHORITY_PATH)
        der = connection.getresponse().read()
    except OSError as fault:
        raise SettingsError(f"{url} cannot be reached: {fault}") from None
    finally:
        connection.close()
    if fingerprint_of(der) != fingerprint:
        raise SettingsError(f"{url} shows another authority than the fingerprint says")
    return ssl.DER_cert_to_PEM_cert(der)


def _file_of(home: Path, pem: str) -> Path | None:
    """Return the file of the central server's authority; None for those of the system."""
    if not pem:
        return None
    file = home.resolve() / "central.crt"
    file.write_text(pem, "ascii")
    return file


def _fetch_first(office: Office, link: Upstream, place: Place) -> None:
    """Fetch the event's rows.

    Raises:
        SettingsError: they cannot be fetched; the next start goes on here.
    """
    exchange = _exchange_of(office, link, place.address, place.port)
    try:
        rows = exchange.take_mirror(lambda pages: say(f"fetching {pages} pages of the event …"))
        exchange.fetch_list()  # the first gate that comes wants it
    except CentralUnreachable as fault:
        raise SettingsError(f"{link.url}: {fault}; start again, without --pair") from None
    if not rows:
        raise SettingsError(
            "the event changes faster than it can be fetched: try again in a minute"
        )
    say(f"{rows} rows are here")


def _open_account_once(office: Office, link: Upstream) -> None:
    """Open the account of whoever looks after the hub, unless there is one."""
    with office.database.read() as session:
        if has_account(session):
            return
    password = office.write(partial(open_account, name=link.name, email=_ACCOUNT, now=now()))
    say(f"sign in at the hub with {_ACCOUNT} and the password (shown this once): {password}")


@contextmanager
def _exchange_beside(place: Place) -> Iterator[None]:
    """Exchange with the central server while the hub serves; end it where it is wanted no more."""

    def is_over(code: int) -> bool:
        if code == _OVER:
            complain("this hub was revoked, or its event erased: what it held is erased, too")
            os.kill(os.getpid(), signal.SIGINT)
        return code == _OVER

    more = {_STARTED_BY: str(os.getpid()), _PLACE_VARIABLE: f"{place.address} {place.port}"}
    with kept_running(["hub-exchange"], "the exchange", more, is_over):
        yield


@click.command("hub-exchange", hidden=True)
@in_office
def hub_exchange(office: Office) -> None:
    """Exchange with the central server, again and again; `hub` starts this by itself."""
    parent = os.environ.get(_STARTED_BY)
    if parent:
        die_with_parent(int(parent))
    with office.database.read() as session:
        link = upstream(session)
    address, port = os.environ[_PLACE_VARIABLE].split()
    exchange = _exchange_of(office, link, address, int(port))
    while True:
        try:
            try_exchange(exchange)
        except CentralRefused as fault:
            if fault.wipes:
                _leave(office, exchange)
            complain(f"the central server refuses an exchange: {fault}")
        time.sleep(_EVERY_S)


def _leave(office: Office, exchange: Exchange) -> None:
    """Bring what is left, erase everything, and end."""
    with suppress(CentralRefused, CentralUnreachable):
        exchange.bring_last()
    _erase(office, exchange)
    raise SystemExit(_OVER)


def _erase(office: Office, exchange: Exchange) -> None:
    """Erase what this hub holds, and tell the central server so where that is reached."""
    url = make_url(office.settings.database)
    office.close()
    erase(office.settings.home, Path(url.database or ""))
    with suppress(CentralRefused, CentralUnreachable):
        exchange.central.ended()


def _exchange_of(office: Office, link: Upstream, listens_at: str, port: int) -> Exchange:
    authority = _file_of(office.settings.home, link.authority)
    return Exchange(
        office.database,
        office.keys,
        Central(link.url, authority, link.token),
        partial(hub_addresses, listens_at, port),  # a router may give this machine another one
        lambda: datetime.now(UTC),
    )
