"""Look whether this machine has what the event needs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime

import click

from checkin.cli.office import Office, in_office, now, say
from checkin.db.models import Event
from checkin.errors import MarhabaError
from checkin.protocol.time_zones import time_zone
from checkin.services.events import check_event_key
from checkin.services.mail.transport import transport_to
from checkin.services.readiness import readiness
from checkin.services.wallets import load_wallets


@click.command()
@in_office
def doctor(office: Office) -> None:
    """Check the settings, the key, the database, libraries, time zone and mail."""
    well = True
    for name, check in _checks(office).items():
        try:
            fault = check()
        except MarhabaError as error:
            fault = error.detail
        say(f"{'ok ' if not fault else 'BAD'}  {name}{': ' + fault if fault else ''}")
        well = well and not fault
    sys.exit(0 if well else 1)


def _checks(office: Office) -> dict[str, Callable[[], str]]:
    return {
        "master key": lambda: _key_faults(office),
        "database": lambda: "; ".join(readiness(office.database, office.settings.home).values()),
        "Arabic in pictures (libfribidi)": _shaping_fault,
        "QR decoders": _decoder_fault,
        "time zone of Morocco": _time_zone_fault,
        "wallets": lambda: _wallet_fault(office),
        "mail": lambda: _mail_fault(office),
    }


def _key_faults(office: Office) -> str:
    with office.database.read() as session:
        for event in session.query(Event):
            check_event_key(event, office.keys)
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


def _mail_fault(office: Office) -> str:
    transport_to(office.settings.mail).close()
    return ""
