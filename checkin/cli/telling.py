"""Whether a command writes to the people whom it concerns: an option says it, or a terminal."""

from __future__ import annotations

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from checkin.cli.office import Office, complain, is_at_terminal

tell_option = click.option(
    "--tell/--no-tell",
    "tell",
    default=None,
    help="whether those whom it concerns are written to; without it a terminal asks",
)


def is_told(office: Office, tell: bool | None, count: Callable[[Session], int]) -> bool:
    """Return whether the people whom a command concerns are written to.

    Without an option and a terminal they are.

    Args:
        tell: what the options say; None where none was given.
        count: does what the command is about to do, and returns how many people it writes to; what
            it wrote is taken back.
    """
    if tell is not None:
        return tell
    if not is_at_terminal():
        return True
    people = office.foresee(count)
    if not people:
        return True
    complain(f"People who would be told by a message: {people}")
    return click.confirm("Tell them", default=None, err=True)
