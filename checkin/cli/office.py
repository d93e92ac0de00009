"""What all commands share: the settings, the database, the keys, and the report of faults."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property, wraps
from typing import Any, TypeVar

import click
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.faults import SENTENCES, outage_of
from checkin.db.migrate import current_revision
from checkin.db.models import Event
from checkin.errors import MarhabaError, SettingsError
from checkin.services.common.keys import Keys
from checkin.services.common.master_key import check_master_key
from checkin.services.common.readiness import schema_fault
from checkin.services.common.security_log import open_security_log
from checkin.services.events.events import event_named
from checkin.services.mail.sender import Sender
from checkin.services.network.public_address import PublicAddress
from checkin.settings import Settings, load_keys, load_settings, open_database

T = TypeVar("T")


class Office:
    """The parts that a command works with, each created when it is first used."""

    @cached_property
    def settings(self) -> Settings:
        """The settings of this installation, which say where its security log goes."""
        settings = load_settings()
        open_security_log(settings.security_log, to_terminal=False)
        return settings

    @cached_property
    def keys(self) -> Keys:
        """The keys of this installation.

        Raises:
            SettingsError: there is no master key, or the database was made with another one.
        """
        keys = load_keys(self.settings)
        with self.database.read() as session:
            check_master_key(session, keys)
        return keys

    @cached_property
    def raw_database(self) -> Database:
        """The database, whatever its schema."""
        return open_database(self.settings)

    @cached_property
    def database(self) -> Database:
        """The database, with the schema that this program needs."""
        if fault := schema_fault(current_revision(self.raw_database)):
            raise SettingsError(fault)
        return self.raw_database

    def close(self) -> None:
        """Close the database."""
        if "raw_database" in self.__dict__:
            self.raw_database.dispose()

    def event(self, slug: str | None) -> Event:
        """Return the event that a command is about, and say which where there are several.

        Whoever sits at a terminal is asked where none was named.

        Raises:
            NotFound: there is no such event, or there are several and nobody can be asked.
        """
        asked = self.event_slug(slug)
        with self.database.read() as session:
            events = session.scalars(select(Event).order_by(Event.starts_at)).all()
            if asked is None and len(events) > 1 and is_at_terminal():
                asked = _ask_which(events)
            event = event_named(session, asked)
        if len(events) > 1:
            complain(f"event {event.slug}: {event.name}, {event.starts_at:%Y-%m-%d}")
        return event

    def event_slug(self, asked: str | None) -> str | None:
        """Return the event that was named, here or in the settings; None where none was."""
        return asked or self.settings.event or None

    def public_address(self) -> PublicAddress:
        """Return the address at which people and other machines reach the server."""
        with self.database.read() as session:
            return self.settings.public_address(session)

    def mail_sender(self) -> Sender:
        """Return the sender of a message that leaves.

        Raises:
            OnlyThisMachine: only this machine understands its links, or its own address.
        """
        with self.database.read() as session:
            return self.settings.mail_sender(session)

    def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction."""
        return in_transaction(self.database, work)

    def foresee(self, work: Callable[[Session], T]) -> T:
        """Return what `work` would return, and take back what it wrote."""
        with self.database.write() as session:
            foreseen = work(session)
            session.rollback()
        return foreseen


def is_at_terminal() -> bool:
    """Say whether somebody sits here who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ask_which(events: Sequence[Event]) -> str:
    complain("There are several events:")
    for number, event in enumerate(events, 1):
        complain(f"  {number}  {event.slug}: {event.name}, {event.starts_at:%Y-%m-%d}")
    chosen: int = click.prompt("Which one", type=click.IntRange(1, len(events)), err=True)
    return events[chosen - 1].slug


in_office = click.make_pass_decorator(Office, ensure=True)
event_option = click.option(
    "--event",
    "event_slug",
    metavar="SLUG",
    help="which one, of several; CHECKIN_EVENT sets it",
)
#: the number of a row, within what the database's columns hold
NUMBER = click.IntRange(1, 2**31 - 1)
json_option = click.option("--json", "as_json", is_flag=True, help="print JSON for machines")


def now() -> datetime:
    """Return this moment, aware."""
    return datetime.now(UTC)


def say(text: str = "") -> None:
    """Print a line for people."""
    click.echo(text)


def complain(text: str) -> None:
    """Print a line to the standard error."""
    click.echo(text, err=True)


def warn_if_root() -> None:
    """Say so when a process that others reach has all rights on this machine."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        complain(
            "warning: this runs as root, so a fault in it would open the whole machine: run it "
            "under an account of its own"
        )


def say_json(body: Any) -> None:
    """Print one JSON object for machines."""
    click.echo(json.dumps(body, ensure_ascii=False))


def sentence_of(fault: MarhabaError | OSError | SQLAlchemyError) -> str:
    """Return what people are told of a fault; raise it again if it is not for them."""
    if isinstance(fault, MarhabaError):
        return fault.detail
    if isinstance(fault, SQLAlchemyError):
        return database_sentence(fault)
    return f"{fault.filename}: {fault.strerror}" if fault.filename else str(fault)


def database_sentence(fault: SQLAlchemyError) -> str:
    """Return why the database cannot serve now; raise the fault again if it is of another kind."""
    outage = outage_of(fault)
    if outage is None:
        raise fault
    said = fault.orig if isinstance(fault, DBAPIError) else fault
    return f"{SENTENCES[outage]}: {str(said).strip().splitlines()[0]}"


def tells_faults(command: Callable[..., T]) -> Callable[..., T]:
    """Turn our own faults, and those of disk and database, into one line and exit code 1.

    Others keep their traceback.
    """

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> T:
        try:
            return command(*args, **kwargs)
        except (MarhabaError, OSError, SQLAlchemyError) as fault:
            click.echo(f"error: {sentence_of(fault)}", err=True)
            sys.exit(1)

    return wrapped
