"""Setting up: the database, the first operator, events and their delegations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import click
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from checkin.cli.office import NUMBER, Office, event_option, in_office, now, say
from checkin.cli.records import erase_again
from checkin.cli.telling import is_told, tell_option
from checkin.command_names import organiser_command
from checkin.db.migrate import current_revision, is_known, upgrade
from checkin.db.models import Event, Operator, Role
from checkin.domain.events.details import is_demos_slug
from checkin.domain.messages.kinds import MessageKind
from checkin.domain.people.quotas import MAX_QUOTA
from checkin.errors import InvalidRequest, SettingsError
from checkin.protocol.time_zones import time_zone
from checkin.services.accounts.operators import (
    NewOperator,
    add_operator,
)
from checkin.services.accounts.second_factor import add_codes
from checkin.services.badges.refs import fill_refs
from checkin.services.common.keys import Keys
from checkin.services.common.master_key import keep_check_value
from checkin.services.common.private_files import hide_folder
from checkin.services.common.readiness import schema_fault
from checkin.services.events.events import (
    EventSpec,
    add_category,
    add_delegation,
    create_event,
    delegation_named,
)
from checkin.services.people.badge_messages import messages_of
from checkin.services.people.names import fill_name_terms
from checkin.services.people.quotas import set_quota
from checkin.settings import create_key_file

FIRST_OPERATOR = "admin@example.org"
_CODES = (
    "Recovery codes for the day the telephone is lost (shown this once; each stands for one code):"
)


@dataclass(frozen=True)
class _First:
    """The first administrator, and what is printed for them."""

    new: NewOperator
    codes: list[str]


@click.command()
@click.option("--email", default=FIRST_OPERATOR, show_default=True, help="the first administrator")
@in_office
def init(office: Office, email: str) -> None:
    """Make the key and the database, or bring the database up to date."""
    set_up(office)
    first = office.write(lambda session: _first_operator(session, office.keys, email))
    if first is None:
        say("ready: the database is up to date, and its operators are as they were")
        return
    say(f"first administrator: {first.new.operator.email}")
    say(_first_sign_in(needs_app=office.settings.second_factor != "optional"))
    say(_CODES)
    for code in first.codes:
        say(f"  {code}")
    say(f"password (shown this once): {first.new.password}")


def _first_sign_in(*, needs_app: bool) -> str:
    app = ", and for an authenticator app" if needs_app else ""
    return f"The first sign-in asks for a password of your own, within seven days{app}."


def set_up(office: Office) -> None:
    """Make the key file and bring the database's schema up to date.

    Raises:
        SettingsError: the database is of a newer version, or was made with another key.
    """
    office.settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    at = current_revision(office.raw_database)
    if at is not None and not is_known(at):
        raise SettingsError(schema_fault(at))
    if not office.settings.master_key:
        if at is not None and not office.settings.key_file.exists():
            _refuse_half_a_restore(office)
        create_key_file(office.settings)
    hide_folder(office.settings.home)
    upgrade(office.raw_database)
    office.write(lambda session: keep_check_value(session, office.keys))
    fill_refs(office.database, office.keys)
    fill_name_terms(office.database)
    erase_again(office)


def _refuse_half_a_restore(office: Office) -> None:
    # At any revision, so without a model: its columns are those of the newest one. `init` has made
    # the key before it makes the first operator.
    with office.raw_database.reading() as connection:
        was_in_use = connection.scalar(
            text("SELECT EXISTS (SELECT 1 FROM event) OR EXISTS (SELECT 1 FROM operator)")
        )
    if was_in_use:
        raise SettingsError(
            f"{office.settings.key_file} is missing, and this database was made with it: restore "
            "that file from its backup (of several nodes, copy the first one's), or set "
            "CHECKIN_MASTER_KEY; a new key would open nothing in it"
        )


def _first_operator(session: Session, keys: Keys, email: str) -> _First | None:
    if session.scalar(select(func.count()).select_from(Operator)):
        return None
    role = Role.ADMINISTRATOR
    new = add_operator(session, email=email, name="Administrateur", role=role, now=now())
    return _First(new, add_codes(session, new.operator, keys))


@click.group()
def event() -> None:
    """Events."""


@event.command("add")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--name-ar")
@click.option("--venue", required=True)
@click.option("--venue-ar")
@click.option("--starts", required=True, metavar="'YYYY-MM-DD HH:MM'", help="at the venue's clock")
@click.option("--hours", type=click.FloatRange(min=0.25), default=4.0, show_default=True)
@click.option(
    "--doors-before", type=click.IntRange(min=0), default=120, show_default=True, help="minutes"
)
@click.option("--timezone", default="Africa/Casablanca", show_default=True)
@click.option("--capacity", type=NUMBER)
@click.option("--reentry", type=click.Choice(["single", "after_exit", "free"]), default="single")
@click.option("--category", "categories", multiple=True, help="repeat for several")
@in_office
def add_event(
    office: Office,
    slug: str,
    name: str,
    name_ar: str | None,
    venue: str,
    venue_ar: str | None,
    starts: str,
    hours: float,
    doors_before: int,
    timezone: str,
    capacity: int | None,
    reentry: str,
    categories: tuple[str, ...],
) -> None:
    """Create an event; its doors open before it starts and close when it ends."""
    starts_at = _moment(starts, timezone)
    ends_at = starts_at + timedelta(hours=hours)
    spec = EventSpec(
        slug=slug,
        name=name,
        name_ar=name_ar,
        venue=venue,
        venue_ar=venue_ar,
        timezone=timezone,
        starts_at=starts_at,
        ends_at=ends_at,
        doors_open_at=starts_at - timedelta(minutes=doors_before),
        doors_close_at=ends_at,
        capacity=capacity,
        reentry=reentry,
    )

    if is_demos_slug(slug):
        raise InvalidRequest(f"{slug} is the demo's name, whose people are invented: take another")

    def work(session: Session) -> bool:
        created = create_event(session, spec, office.keys, now=now())
        for category in categories or ("Participant",):
            add_category(session, created, category)
        others = select(func.count()).select_from(Event).where(Event.id != created.id)
        return session.scalars(others).one() > 0

    which = f" --event {slug}" if office.write(work) else ""
    say(
        f"event {slug} created; add its delegations: "
        f"{organiser_command()} delegation add NAME QUOTA{which}"
    )
    if which:
        say(f"there are others: commands take{which}, or ask; CHECKIN_EVENT={slug} chooses it once")


def _moment(text: str, timezone: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=time_zone(timezone))
    except ValueError:
        raise InvalidRequest(
            f"{text!r} in {timezone!r} is no moment: write it like 2025-06-14 15:00, and the "
            "time zone like Africa/Casablanca"
        ) from None


@click.group()
def delegation() -> None:
    """Delegations and their quotas."""


@delegation.command("add")
@click.argument("name")
@click.argument("quota", type=click.IntRange(0, MAX_QUOTA))
@click.option("--name-ar")
@event_option
@in_office
def add_one(
    office: Office, name: str, quota: int, name_ar: str | None, event_slug: str | None
) -> None:
    """Add a delegation."""
    of = office.event(event_slug)
    office.write(lambda session: add_delegation(session, of, name, quota, name_ar))
    say(f"{name}: {quota} places")


@delegation.command("quota")
@click.argument("name")
@click.argument("quota", type=click.IntRange(0, MAX_QUOTA))
@tell_option
@event_option
@in_office
def change_quota(
    office: Office, name: str, quota: int, tell: bool | None, event_slug: str | None
) -> None:
    """Change a quota; people of the reserve list move up when it grows."""
    of, at = office.event(event_slug), now()

    def work(session: Session, *, told: bool = True) -> tuple[int, int]:
        found = delegation_named(session, of, name)
        moved_up = set_quota(session, of, found.id, quota, now=at, is_told=told)
        return len(moved_up), messages_of(session, of, MessageKind.CONFIRMED, at)

    told = is_told(office, tell, lambda session: work(session)[1])
    moved_up, messages = office.write(partial(work, told=told))
    say(
        f"{name}: {quota} places; confirmed from the reserve list: {moved_up}; "
        f"told by a message: {messages}"
    )
