"""Delegations and their quotas."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from checkin.cli.office import Office, event_option, in_office, now, say
from checkin.domain.quotas import MAX_QUOTA
from checkin.services.events import add_delegation, delegation_named
from checkin.services.registration import set_quota


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
@event_option
@in_office
def change_quota(office: Office, name: str, quota: int, event_slug: str | None) -> None:
    """Change a quota; people of the reserve list move up when it grows."""
    of = office.event(event_slug)

    def work(session: Session) -> int:
        found = delegation_named(session, of, name)
        return len(set_quota(session, of, found.id, quota, now=now()))

    say(f"{name}: {quota} places; confirmed from the reserve list: {office.write(work)}")
