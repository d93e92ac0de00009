"""People who may sign in."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from checkin.cli.office import Office, event_option, in_office, json_option, now, say, say_json
from checkin.db.models import Role
from checkin.services.accounts.operators import (
    NewOperator,
    add_operator,
    give_first_password,
    operator_named,
)
from checkin.services.accounts.pins import new_pin
from checkin.services.accounts.second_factor import turn_off
from checkin.services.events.events import delegation_named
from checkin.words.languages import DEFAULT_LANGUAGE, LANGUAGES

_WORKS_FOR_A_WEEK = "It works for seven days, in which it is replaced at a sign-in."


@click.group()
def operator() -> None:
    """People with an account."""


@operator.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
@click.option("--delegation", metavar="NAME", help="the delegation of a coordinator")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default=DEFAULT_LANGUAGE)
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
    """Open an account and print its first password, once; it is replaced at the first sign-in."""

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
    say(_WORKS_FOR_A_WEEK)


@operator.command("password")
@click.argument("email")
@in_office
def password(office: Office, email: str) -> None:
    """Give an operator a new first password, and print it, once; their sessions and links end."""
    new = office.write(
        lambda session: give_first_password(session, operator_named(session, email), now=now())
    )
    say(f"password of {email} (shown this once): {new}")
    say(_WORKS_FOR_A_WEEK)


@operator.command("pin")
@click.argument("email")
@in_office
def pin(office: Office, email: str) -> None:
    """Give a supervisor a new PIN for overrides at the gates, and print it, once."""
    digits = office.write(lambda s: new_pin(s, operator_named(s, email), now=now()))
    say(f"PIN of {email} (shown this once): {digits}")


@operator.command("reset-second-factor")
@click.argument("email")
@in_office
def reset_second_factor(office: Office, email: str) -> None:
    """Turn an operator's second factor off, who has lost it; their sessions end."""
    office.write(lambda session: turn_off(session, operator_named(session, email), now=now()))
    say(f"{email} signs in with the password alone, and can set a new second factor up")
