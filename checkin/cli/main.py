"""The organiser's commands, gathered."""

from __future__ import annotations

import gc
from contextlib import closing

import click

from checkin.cli.address import address
from checkin.cli.backups import backup, restore
from checkin.cli.badge_desk import DESK_COMMANDS
from checkin.cli.badges import badges
from checkin.cli.demo import demo
from checkin.cli.devices import device
from checkin.cli.doctor.command import doctor
from checkin.cli.hub import hub, hub_exchange
from checkin.cli.importing import import_file
from checkin.cli.office import Office, tells_faults
from checkin.cli.operators import operator
from checkin.cli.participants import participant
from checkin.cli.records import export, purge
from checkin.cli.running.run import run
from checkin.cli.running.worker import worker
from checkin.cli.setup import delegation, event, init
from checkin.command_names import organiser_command
from checkin.protocol.version import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="marhaba", message="%(prog)s %(version)s")
def cli() -> None:
    """Marhaba: badges, gates and live arrivals of an event."""


COMMANDS = (
    init,
    demo,
    run,
    worker,
    hub,
    hub_exchange,
    import_file,
    badges,
    device,
    operator,
    event,
    delegation,
    participant,
    export,
    purge,
    backup,
    restore,
    address,
    doctor,
)
for command in COMMANDS:
    cli.add_command(command)
for command in DESK_COMMANDS:
    badges.add_command(command)


@tells_faults
def main() -> None:
    """Run the command line."""
    # What is loaded by now stays to the end: the collector need not look through it.
    gc.freeze()
    with closing(Office()) as office:
        cli(prog_name=organiser_command(), obj=office)
