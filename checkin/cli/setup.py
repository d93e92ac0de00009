"""Setting up: the database, the first operator, events and their delegations."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

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
from checkin.db.migrate import upgrade
from checkin.db.models import Operator, Role
from checkin.errors import InvalidRequest
from checkin.services.events import (
    EventSpec,
    add_category,
    create_event,
    delegation_named,
)
from checkin.services.operators import (
    NewOperator,
    add_operator,
    operator_named,
    set_password,
    set_pin,
)
from checkin.services.second_factor import turn_off
from checkin.settings import create_key_file

FIRST_OPERATOR = "admin@example.org"


@click.command()
@click.option("--email", default=FIRST_OPERATOR, show_default=True, help="the first administrator")
@in_office
def init(office: Office, email: str) -> None:
    """Make the key and the database, or bring the database up to date."""
    set_up(office)
    first = office.write(lambda session: _first_operator(session, email))
    if first is None:
        say("ready: the database is up to date, and its operators are as they were")
        return
    say(f"first administrator: {first.operator.email}")
    say(f"password (shown this once): {first.password}")


def set_up(office: Office) -> None:
    """Make the key file and bring the database's schema up to date."""
    if not office.settings.master_key:
        create_key_file(office.settings)
    office.settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade(office.raw_database)


def _first_operator(session: Session, email: str) -> NewOperator | None:
    if session.scalar(select(func.count()).select_from(Operator)):
        return None
    role = Role.ADMINISTRATOR
    return add_operator(session, email=email, name="Administrateur", role=role, now=now())


@click.group()
def operator() -> None:
    """People with an account."""


@operator.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
@click.option("--delegation", metavar="NAME", help="the delegation of a coordinator")
@click.option("--language", type=click.Choice(["fr", "ar", "en"]), default="fr")
@event_option
@json_option
@in_office
def add(
    office: Office,
    email: str,
    name: str,
    role: str,
    delegation: str | None,
    language: str,
    event_slug: str | None,
    as_json: bool,
) -> None:
    """Open an account and print its password, once."""

    def work(session: Session) -> NewOperator:
        of = None
        if delegation is not None:
            of = delegation_named(session, office.event(event_slug), delegation).id
        return add_operator(
            session,
            email=email,
            name=name,
            role=Role(role),
            delegation_id=of,
            language=language,
            now=now(),
        )

    new = office.write(work)
    if as_json:
        say_json({"operator_id": new.operator.id, "email": email, "password": new.password})
        return
    say(f"{new.operator.email} may log in; password (shown this once): {new.password}")


@operator.command("password")
@click.argument("email")
@in_office
def password(office: Office, email: str) -> None:
    """Give an operator a new password, and print it, once; their sessions end."""
    new = secrets.token_urlsafe(12)

    def work(session: Session) -> None:
        set_password(session, operator_named(session, email), new, now=now())

    office.write(work)
    say(f"password of {email} (shown this once): {new}")


@operator.command("pin")
@click.argument("email")
@in_office
def pin(office: Office, email: str) -> None:
    """Give a supervisor a new PIN for overrides at the gates, and print it, once."""
    digits = f"{secrets.randbelow(10**6):06d}"

    def work(session: Session) -> None:
        set_pin(session, operator_named(session, email), digits, now=now())

    office.write(work)
    say(f"PIN of {email} (shown this once): {digits}")


@operator.command("reset-second-factor")
@click.argument("email")
@in_office
def reset_second_factor(office: Office, email: str) -> None:
    """Turn an operator's second factor off, who has lost it; their sessions end."""
    office.write(lambda session: turn_off(session, operator_named(session, email), now=now()))
    say(f"{email} signs in with the password alone, and can set a new second factor up")


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
@click.option("--doors-before", type=click.IntRange(min=0), default=120, help="minutes")
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

    def work(session: Session) -> None:
        created = create_event(session, spec, office.keys, now=now())
        for category in categories or ("Participant",):
            add_category(session, created, category)

    office.write(work)
    say(f"event {slug} created; add its delegations: python -m checkin delegation add NAME QUOTA")


def _moment(text: str, timezone: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidRequest(
            f"{text!r} in {timezone!r} is no moment: write it like 2025-06-14 15:00, and the "
            "time zone like Africa/Casablanca"
        ) from None
