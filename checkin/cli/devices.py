"""Devices at the gates."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from checkin.cli.address import HOW_TO_OPEN_IT
from checkin.cli.office import (
    NUMBER,
    Office,
    event_option,
    in_office,
    json_option,
    now,
    say,
    say_json,
)
from checkin.command_names import scanner_command
from checkin.db.models import Event, Gate
from checkin.errors import NotFound
from checkin.protocol.fingerprints import pairing_fragment
from checkin.services.gates.devices import (
    PAIRING_LIFETIME,
    NewDevice,
    add_device,
    gate_named,
    open_pairing,
    revoke_device,
)
from checkin.services.gates.gates import limit_gate
from checkin.services.network.public_address import PublicAddress
from checkin.services.network.serving import serving_now

gate_option = click.option("--gate", "gate_name", required=True, metavar="NAME")
arabic_option = click.option(
    "--gate-ar", "gate_name_ar", default="", metavar="NAME", help="a new gate's name in Arabic"
)
help_desk_option = click.option(
    "--help-desk/--no-help-desk",
    default=None,
    help="holds the people of the event [default: as the gate says of its devices]",
)


def _tell_of_a_new_gate(office: Office, event: Event, name: str) -> None:
    """Say that a gate will be made, and which there are: the name may have a slip."""
    try:
        with office.database.read() as session:
            gate_named(session, event, name)
    except NotFound as fault:
        click.echo(f"{fault.detail}; making it", err=True)


def _tell_of_other_machines(address: PublicAddress) -> None:
    if address.problem:
        say(f"on this machine only: {HOW_TO_OPEN_IT}")


def _fingerprint(office: Office) -> str:
    """Return the fingerprint of the authority by which this home is served now, or nothing."""
    serving = serving_now(office.settings.home)
    return serving.authority if serving else ""


def _trust_option(fingerprint: str) -> str:
    return f" --fingerprint {fingerprint}" if fingerprint else ""


def _gate(session: Session, event: Event, name: str, name_ar: str, help_desk: bool | None) -> Gate:
    """Return the gate of a new device; one that is made for a help desk is a help desk."""
    return gate_named(session, event, name, create=True, name_ar=name_ar, help_desk=bool(help_desk))


@click.group()
def device() -> None:
    """Scanners at the gates."""


@device.command("add")
@gate_option
@arabic_option
@click.option("--name", default="scanner", show_default=True)
@click.option(
    "--search/--no-search",
    "may_search",
    default=None,
    help="may search for names [default: as the event says of new devices]",
)
@help_desk_option
@event_option
@json_option
@in_office
def add(
    office: Office,
    gate_name: str,
    gate_name_ar: str,
    name: str,
    may_search: bool | None,
    help_desk: bool | None,
    event_slug: str | None,
    as_json: bool,
) -> None:
    """Enrol a scanner at a gate (made if it is new) and print its token, once."""
    event = office.event(event_slug)

    def work(session: Session) -> NewDevice:
        gate = _gate(session, event, gate_name, gate_name_ar, help_desk)
        return add_device(
            session,
            event,
            gate,
            name=name,
            software="command line",
            now=now(),
            may_search=may_search,
            help_desk=help_desk,
        )

    _tell_of_a_new_gate(office, event, gate_name)
    new = office.write(work)
    if as_json:
        say_json({"device_id": new.id, "device_token": new.token, "gate": new.gate_name})
        return
    say(f"device {new.id} at {new.gate_name}; token (shown this once): {new.token}")
    trust = _trust_option(_fingerprint(office))
    address = office.public_address()
    say("put it into a file that only you may read, or into MARHABA_TOKEN, and start the scanner:")
    say(f"{scanner_command()} --server {address.url} --token-file FILE{trust}")
    _tell_of_other_machines(address)


@device.command("pair")
@gate_option
@arabic_option
@help_desk_option
@event_option
@json_option
@in_office
def pair(
    office: Office,
    gate_name: str,
    gate_name_ar: str,
    help_desk: bool | None,
    event_slug: str | None,
    as_json: bool,
) -> None:
    """Print a pairing code for a gate (made if it is new): it works once, for 10 minutes."""
    event = office.event(event_slug)

    def work(session: Session) -> str:
        gate = _gate(session, event, gate_name, gate_name_ar, help_desk)
        return open_pairing(session, event, gate, now=now(), help_desk=help_desk)

    _tell_of_a_new_gate(office, event, gate_name)
    code = office.write(work)
    minutes = int(PAIRING_LIFETIME.total_seconds()) // 60
    if as_json:
        say_json({"pairing_code": code, "gate": gate_name, "minutes": minutes})
        return
    say(f"pairing code for {gate_name}: {code} (once, within {minutes} minutes)")
    address, fingerprint = office.public_address(), _fingerprint(office)
    trust = _trust_option(fingerprint)
    say(f"scanner: {scanner_command()} --server {address.url} --pair {code}{trust}")
    say(f"browser: {address.url}/scan{pairing_fragment(code, fingerprint)}")
    _tell_of_other_machines(address)


@device.command("revoke")
@click.argument("device_id", type=NUMBER)
@event_option
@in_office
def revoke(office: Office, device_id: int, event_slug: str | None) -> None:
    """Take a scanner's right away."""
    event = office.event(event_slug)
    revoked = office.write(lambda session: revoke_device(session, event, device_id, now=now()))
    say(f"device {revoked.id} ({revoked.name}) is revoked")


@device.command("limit")
@gate_option
@click.option("--category", "categories", multiple=True, help="repeat; none: admit everyone")
@event_option
@in_office
def limit(
    office: Office, gate_name: str, categories: tuple[str, ...], event_slug: str | None
) -> None:
    """Say which categories a gate admits."""
    event = office.event(event_slug)
    office.write(
        lambda session: limit_gate(
            session, event, gate_named(session, event, gate_name), categories
        )
    )
    say(f"{gate_name} admits {', '.join(categories) or 'everyone'}")
