"""Say what this installation lacks: the next step first, then everything in its order."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
from sqlalchemy.exc import SQLAlchemyError

from checkin.cli.doctor import installation, mail, network
from checkin.cli.doctor.connections import connections
from checkin.cli.doctor.findings import Check, Finding, State, findings, missing, well
from checkin.cli.office import Office, in_office, json_option, say, say_json
from checkin.errors import MarhabaError, SettingsError

_SETTINGS, _KEY, _DATABASE = "settings", "master key", "database"
#: in the order in which to mend: each stands after what it needs
CHECKS = (
    Check(_KEY, installation.master_key),
    Check(_DATABASE, installation.database),
    Check("key of the database", installation.key_of_the_database, (_KEY, _DATABASE)),
    Check("connections", connections, (_DATABASE,)),
    Check("Arabic in pictures (libfribidi)", installation.shaping),
    Check("QR decoders", installation.decoders),
    Check("time zone of Morocco", installation.morocco),
    Check("server's address", network.address, (_DATABASE,)),
    Check("proxy", network.proxy, (_DATABASE,)),
    Check("certificate", network.certificate, (_DATABASE,)),
    Check("server", network.server, (_DATABASE,)),
    Check("worker", installation.worker, (_DATABASE,)),
    Check("backup", installation.backup, (_DATABASE,)),
    Check("opened from another device", network.telephone, (_DATABASE, "server's address")),
    Check("limits", installation.limits),
    Check("sender of mail", mail.sender, (_DATABASE,)),
    Check("mail", mail.mail, (_DATABASE,)),
    Check("wallets", installation.wallets),
)
_SIGNS = {State.WELL: "✓", State.MISSING: "✗", State.ASIDE: "–"}
#: where the terminal cannot write those
_LETTERS = {State.WELL: "ok", State.MISSING: "BAD", State.ASIDE: "-"}
Found = Sequence[tuple[str, Finding]]


@click.command()
@json_option
@in_office
def doctor(office: Office, as_json: bool) -> None:
    """Say what is missing, in order, with the line to type; 1 if something is."""
    found = list(_found(office))
    is_well = all(one.state is not State.MISSING for _, one in found)
    if as_json:
        say_json(_report(office, found, is_well))
    else:
        _say(office, found)
    sys.exit(0 if is_well else 1)


def _found(office: Office) -> Found:
    try:
        office.settings  # noqa: B018 - nothing can be looked at without them
    except SettingsError as error:
        return [(_SETTINGS, missing(f"{error.detail}; nothing else was looked at"))]
    return [(_SETTINGS, well()), *findings(CHECKS, office)]


def _next_step(found: Found) -> str:
    """Return the line to type first, or what to read first; "" where nothing is left to do."""
    for name, one in found:
        if one.state is State.MISSING:
            return one.to_type or f"see below: {name}"
    return next((one.to_type for _, one in found if one.to_type), "")


def _report(office: Office, found: Found, is_well: bool) -> dict[str, object]:
    return {
        "well": is_well,
        "way": _way(office, found),
        "next": _next_step(found) or None,
        "checks": [
            {"name": name, "state": one.state, "detail": one.detail, "to_type": one.to_type}
            for name, one in found
        ],
        "notes": _notes(office, found),
    }


def _say(office: Office, found: Found) -> None:
    if way := _way(office, found):
        say(f"{way}\n")
    say(f"next: {_next_step(found)}\n" if _next_step(found) else "nothing is missing\n")
    signs = _SIGNS if _can_write("".join(_SIGNS.values())) else _LETTERS
    for name, one in found:
        say(f"{signs[one.state]} {name}{': ' if one.detail else ''}{one.detail}")
        if one.to_type:
            say(f"    {one.to_type}")
    for note in _notes(office, found):
        say(f"  {note}")


def _can_write(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _way(office: Office, found: Found) -> str:
    """Return in which of the documented ways this is run; "" while the database does not say."""
    if _lacks(found, _SETTINGS, _DATABASE):
        return ""
    kind = "PostgreSQL" if office.settings.database.startswith("postgresql") else "SQLite"
    return f"{network.mode(office)}, on {kind}"


def _notes(office: Office, found: Found) -> list[str]:
    if _lacks(found, _SETTINGS):
        return []
    try:
        return list(network.network_notes(office))
    except (MarhabaError, SQLAlchemyError):
        return []  # the checks have said what is wrong


def _lacks(found: Found, *names: str) -> bool:
    return any(one.state is State.MISSING for name, one in found if name in names)
