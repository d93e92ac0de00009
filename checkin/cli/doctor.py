"""Look whether this machine has what the event needs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime

import click
from sqlalchemy.exc import SQLAlchemyError

from checkin.cli.address import HOW_TO_OPEN_IT, warning_line, with_source
from checkin.cli.doctor_database import connection_note, connection_remark
from checkin.cli.doctor_network import certificate_fault, network_notes
from checkin.cli.office import Office, database_sentence, in_office, now, say
from checkin.command_names import organiser_command
from checkin.domain.common.problems import Problem
from checkin.domain.network.addresses import one_line
from checkin.domain.network.contradictions import ELSEWHERE
from checkin.errors import MarhabaError, SettingsError
from checkin.protocol.time_zones import time_zone
from checkin.services.badges.wallets import load_wallets
from checkin.services.common.readiness import database_faults
from checkin.services.jobs.workers import is_any_alive
from checkin.services.mail.transport import transport_to
from checkin.services.network.telephone_check import opened_elsewhere
from checkin.services.network.unread_forwarding import unread_forwarding


@click.command()
@in_office
def doctor(office: Office) -> None:
    """Check settings, key, database, libraries, time zone, certificate, addresses and mail."""
    try:
        office.settings  # noqa: B018 - nothing can be looked at without them
    except SettingsError as error:
        say(f"BAD  settings: {error.detail}")
        say("     nothing else was looked at")
        sys.exit(1)
    well = True
    for name, check in _checks(office).items():
        try:
            fault = check()
        except MarhabaError as error:
            fault = error.detail
        except SQLAlchemyError as error:
            fault = database_sentence(error)
        say(f"{'ok ' if not fault else 'BAD'}  {name}{': ' + fault if fault else ''}")
        well = well and not fault
    for remark in _remarks(office):
        say(f"look {remark}")
    _offer_the_telephone(office)
    for note in (*_database_notes(office), *network_notes(office)):
        say(f"     {note}")
    sys.exit(0 if well else 1)


def _checks(office: Office) -> dict[str, Callable[[], str]]:
    return {
        "master key": lambda: _key_fault(office),
        "database": lambda: "; ".join(
            database_faults(office.database, office.settings.home).values()
        ),
        "Arabic in pictures (libfribidi)": _shaping_fault,
        "QR decoders": _decoder_fault,
        "time zone of Morocco": _time_zone_fault,
        "certificate": lambda: certificate_fault(office),
        "wallets": lambda: _wallet_fault(office),
        "limits": lambda: _limits_fault(office),
        "server's address": lambda: _address_fault(office),
        "sender of mail": lambda: _sender_fault(office),
        "mail": lambda: _mail_fault(office),
    }


def _remarks(office: Office) -> list[str]:
    # Not faults: a stranger may have sent what is told of here, and a proxy may stand elsewhere.
    settings = office.settings
    unread = unread_forwarding(settings.home, settings.trusted_proxies)
    remarks = [f"{unread.sentence()} (at {unread.at:%Y-%m-%d %H:%M} UTC)"] if unread else []
    try:
        warning, connections = _address_warning(office), connection_remark(office)
        remarks += _worker_remarks(office)
    except (MarhabaError, SQLAlchemyError):
        return remarks  # the checks have said what is wrong
    remarks += [connections] if connections else []
    if warning and warning.code != ELSEWHERE:
        remarks.append(f"server's address: {warning_line(warning)}")
    return remarks


def _database_notes(office: Office) -> list[str]:
    try:
        note = connection_note(office)
    except (MarhabaError, SQLAlchemyError):
        return []  # the checks have said what is wrong
    return [note] if note else []


def _worker_remarks(office: Office) -> list[str]:
    with office.database.read() as session:
        if is_any_alive(session, now()):
            return []
    return [f"worker: none runs, so jobs wait; it starts with `{organiser_command()} run`"]


def _key_fault(office: Office) -> str:
    office.keys  # noqa: B018 - raises what is wrong
    return ""


def _shaping_fault() -> str:
    from PIL import features

    return "" if features.check("raqm") else "missing: apt-get install libfribidi0"


def _decoder_fault() -> str:
    try:
        import zxingcpp  # noqa: F401 - only whether it is there
    except ImportError:
        return "zxing-cpp is missing: run script/setup"
    return ""


def _time_zone_fault() -> str:
    # Morocco stays on UTC+0 for good since 20 September 2026; an old table is an hour off.
    offset = datetime(2027, 1, 15, tzinfo=time_zone("Africa/Casablanca")).utcoffset()
    return "" if not offset else "the tz database is older than 2026: update tzdata"


def _wallet_fault(office: Office) -> str:
    load_wallets(office.settings.wallet_files, now())
    return ""


def _limits_fault(office: Office) -> str:
    if not office.settings.limits_url:
        return ""
    from redis.exceptions import RedisError

    from checkin.services.limits.in_redis import connect_redis

    try:
        with connect_redis(office.settings.limits_url) as redis:
            redis.ping()
    except RedisError as fault:
        return f"CHECKIN_LIMITS_URL does not answer: each node counts alone ({fault})"
    return ""


def _address_fault(office: Office) -> str:
    address = office.public_address()
    warning = _address_warning(office)
    faults = [f"{with_source(address)}: {HOW_TO_OPEN_IT}"] if address.problem else []
    if warning and warning.code == ELSEWHERE:
        faults.append(warning_line(warning))
    return "; ".join(faults)


def _address_warning(office: Office) -> Problem | None:
    with office.database.read() as session:
        return office.settings.address_warning(session)


def _sender_fault(office: Office) -> str:
    with office.database.read() as session:
        problem = office.settings.sender_address(session).problem
    return one_line(problem).partition(": ")[2] if problem else ""


def _offer_the_telephone(office: Office) -> None:
    """Say whether another device has opened the server, and how one does."""
    try:
        address = office.public_address()
        with office.database.read() as session:
            opened_at = opened_elsewhere(session, address.url)
    except (MarhabaError, SQLAlchemyError):
        return  # the checks have said what is wrong
    if not address.problem:
        opened = f"{opened_at:%Y-%m-%d %H:%M} UTC" if opened_at else "not yet"
        say(f"     {with_source(address)}; opened from another device: {opened}")
        say(f"     {address.url}/server-address has a QR to open it with your telephone")


def _mail_fault(office: Office) -> str:
    transport_to(office.settings.mail).close()
    return ""
