"""Devices at the gates."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from checkin.cli.office import Office, event_option, in_office, json_option, now, say, say_json
from checkin.services.devices import (
    PAIRING_LIFETIME,
    add_device,
    gate_named,
    open_pairing,
    revoke_device,
)
from checkin.services.gates import limit_gate

gate_option = click.option("--gate", "gate_name", required=True, metavar="NAME")


@click.group()
def device() -> None:
    """Scanners at the gates."""


@device.command("add")
@gate_option
@click.option("--name", default="scanner", show_default=True)
@event_option
@json_option
@in_office
def add(office: Office, gate_name: str, name: str, event_slug: str | None, as_json: bool) -> None:
    """Enrol a scanner at a gate (made if it is new) and print its token, once."""
    event = office.event(event_slug)
    new = office.write(
        lambda session: add_device(
            session,
            event,
            gate_named(session, event, gate_name, create=True),
            name=name,
            software="command line",
            now=now(),
        )
    )
    if as_json:
        say_json({"device_id": new.id, "device_token": new.token, "gate": new.gate_name})
        return
    say(f"device {new.id} at {new.gate_name}; token (shown this once): {new.token}")
    say(f"start it: python -m scanner --server {office.settings.base_url} --token {new.token}")


@device.command("pair")
@gate_option
@event_option
@json_option
@in_office
def pair(office: Office, gate_name: str, event_slug: str | None, as_json: bool) -> None:
    """Print a pairing code for a gate: it works once, for 10 minutes."""
    event = office.event(event_slug)

    def work(session: Session) -> str:
        return open_pairing(session, event, gate_named(session, event, gate_name), now=now())

    code = office.write(work)
    minutes = int(PAIRING_LIFETIME.total_seconds()) // 60
    if as_json:
        say_json({"pairing_code": code, "gate": gate_name, "minutes": minutes})
        return
    say(f"pairing code for {gate_name}: {code} (once, within {minutes} minutes)")
    say(f"scanner: python -m scanner --server {office.settings.base_url} --pair {code}")
    say(f"browser: {office.settings.base_url}/scan#pair={code}")


@device.command("revoke")
@click.argument("device_id", type=int)
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
