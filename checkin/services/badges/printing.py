"""Print a badge at a desk: the badge shown there, the printer, and the record of each print."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from badges.pdf import Design, single_badge_pdf
from checkin.db.engine import Database, in_transaction
from checkin.db.models import Badge, BadgePrint, Category, Delegation, Event, Participant
from checkin.errors import NotFound, Unavailable
from checkin.services.badges.issue import working_badge
from checkin.services.badges.specs import badge_specs
from checkin.services.common.keys import Keys
from checkin.services.common.private_files import only_ours
from checkin.services.events.look import look_of
from checkin.services.people.registering.unchecked import is_withheld_from
from checkin.services.people.search import participant_by_id


@dataclass(frozen=True, slots=True)
class Printed:
    """The result of printing a badge.

    Attributes:
        pdf: the badge as a PDF, to be opened where there is no printer.
        printer: the printer's name; None where the person prints the PDF themselves.
        copies: how many copies of this badge have been printed, these included.
    """

    pdf: bytes
    printer: Printer | ByHand | None
    copies: int


def print_badge(
    database: Database,
    find_event: Callable[[Session], Event],
    participant_id: int,
    *,
    keys: Keys,
    printer: Printer | ByHand | None,
    design: Design,
    now: datetime,
    own_delegation: int | None = None,
    operator_id: int | None = None,
    copies: int = 1,
) -> Printed:
    """Print a participant's badge, or return its PDF where there is no printer; record the print.

    The badge is drawn and printed with no transaction open; the print is recorded once the printer
    has accepted it.

    Raises:
        NotFound: the event has no such participant, or their badge was revoked.
        Unavailable: the printer did not accept the badge; nothing was recorded.
    """
    with database.read() as session:
        event = find_event(session)
        badge_id = _badge_to_print(session, event, participant_id, own_delegation, now)
        [spec] = badge_specs(session, event, keys, participant_ids=[participant_id])
        look = look_of(session, event)
    pdf = single_badge_pdf(spec, paper=design, look=look)
    if printer is not None:
        printer.send(pdf, copies=copies)
    record = partial(
        record_print,
        event=event,
        badge_id=badge_id,
        copies=copies,
        design=design,
        printer=printer.name if printer else None,
        now=now,
        operator_id=operator_id,
    )
    return Printed(pdf, printer, in_transaction(database, record))


def _badge_to_print(
    session: Session, event: Event, participant_id: int, own_delegation: int | None, now: datetime
) -> UUID:
    desk = desk_badge(session, event, participant_id, own_delegation, now)
    if desk.is_withheld:
        raise NotFound(f"the badge of no. {participant_id} is not given out yet")
    if desk.badge is None:
        raise NotFound(f"the badge of no. {participant_id} was revoked: reissue it first")
    return desk.badge.id


_TIMEOUT_S = 15
#: a viewer that is still there after so long has opened the file
_OPENING_S = 5


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer of this system, reached by the `lp` command.

    Attributes:
        program: the path of `lp`.
        queue: the printer's name; "" for the system's default.
    """

    program: str
    queue: str

    @property
    def name(self) -> str:
        """The printer's name in the record of prints."""
        return self.queue or "default"

    def send(self, pdf: bytes, *, copies: int) -> None:
        """Send a PDF to the printer's queue, to be printed at its true size.

        Raises:
            Unavailable: the printer did not accept it; the sentence quotes the system's message.
        """
        to = ["-d", self.queue] if self.queue else []
        # The title is shown in the queue to whoever looks: no name in it.
        options = ["-s", "-t", "badge", "-n", str(copies), "-o", "print-scaling=none"]
        try:
            done = subprocess.run(  # noqa: S603 - a fixed program, arguments of our own
                [self.program, *to, *options, "-"],
                input=pdf,
                capture_output=True,
                timeout=_TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as fault:
            raise Unavailable(f"the printer does not answer: {type(fault).__name__}") from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
            raise Unavailable(f"the printer refused the badge: {said[:200]}")


@dataclass(frozen=True, slots=True)
class ByHand:
    """Printing by hand: the PDF is saved and opened in the system's PDF program.

    Attributes:
        path: where the PDF is saved; its folder is created.
    """

    path: Path
    name: None = None

    def send(self, pdf: bytes, *, copies: int) -> None:  # noqa: ARG002 - up to who prints
        """Save a PDF that only its owner may read, and open it.

        Raises:
            Unavailable: no program opens it; the sentence says where the file is.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(self.path, "wb", opener=only_ours) as file:
            file.write(pdf)
        if not _opened(self.path):
            raise Unavailable(
                f"there is no printer here, and nothing that opens {self.path}: print that file "
                "elsewhere, or set a printer up (CUPS, `lp`) and name it with --printer"
            )


def _opened(path: Path) -> bool:
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - a file of ours
        return True
    program = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if program is None:
        return False
    quiet = subprocess.DEVNULL
    viewer = subprocess.Popen(  # noqa: S603 - the system's own, a file of ours
        [program, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        return viewer.wait(_OPENING_S) == 0
    except subprocess.TimeoutExpired:
        return True


def system_printer(queue: str = "") -> Printer | None:
    """Return the system's printer; None on systems without `lp` (Windows, a tablet)."""
    program = shutil.which("lp")
    return Printer(program, queue) if program else None


@dataclass(frozen=True, slots=True)
class DeskBadge:
    """A participant and their badge, as the desk shows them.

    Attributes:
        badge: the valid badge; None where it was revoked, or is withheld.
        copies: how many copies of this badge were printed at desks.
        is_withheld: nobody but an organiser is given the badge yet.
    """

    participant: Participant
    delegation: Delegation
    category: Category
    badge: Badge | None
    copies: int
    is_withheld: bool = False


def desk_badge(
    session: Session, event: Event, participant_id: int, own_delegation: int | None, now: datetime
) -> DeskBadge:
    """Return a participant with their badge, for the desk.

    Args:
        own_delegation: of a coordinator, to whom a badge may be withheld; None for others.

    Raises:
        NotFound: no participant has this id, or they belong to another delegation.
    """
    person = participant_by_id(session, event, participant_id, own_delegation)
    is_withheld = is_withheld_from(person, own_delegation, now)
    badge = None if is_withheld else working_badge(session, person.id)
    return DeskBadge(
        participant=person,
        delegation=session.get_one(Delegation, person.delegation_id),
        category=session.get_one(Category, person.category_id),
        badge=badge,
        copies=copies_printed(session, badge.id) if badge else 0,
        is_withheld=is_withheld,
    )


def copies_printed(session: Session, badge_id: UUID) -> int:
    """Count the copies of a badge that were printed at desks."""
    return session.scalars(
        select(func.coalesce(func.sum(BadgePrint.copies), 0)).where(BadgePrint.badge_id == badge_id)
    ).one()


def record_print(
    session: Session,
    event: Event,
    badge_id: UUID,
    *,
    copies: int,
    design: str,
    printer: str | None,
    now: datetime,
    operator_id: int | None = None,
) -> int:
    """Record a print, and return how many copies of this badge have been printed now."""
    session.add(
        BadgePrint(
            event_id=event.id,
            badge_id=badge_id,
            copies=copies,
            design=design,
            printer=printer,
            at=now,
            operator_id=operator_id,
        )
    )
    session.flush()
    return copies_printed(session, badge_id)
