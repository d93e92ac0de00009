"""Draw the badges of a delegation, or of a whole event, on sheets to print and cut.

Each delegation has files of its own, of `PER_PART` badges at most.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

from badges.cover import Cover, cover_of
from badges.look import Look
from badges.pdf import Design, badge_sheets_pdf
from badges.spec import BadgeSpec
from checkin.db.models import Delegation, Event, Lane
from checkin.domain.common.names import fold_name
from checkin.services.badges.specs import badge_specs, badges_by_delegation
from checkin.services.events.look import look_of
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.worker.context import JobContext, Kind
from checkin.worker.own_process import Progress, in_own_process

#: a page is set of these at once, which takes 200 MB; typst keeps what it has set until its
#: process ends
PER_PART = 1000


def draw(context: JobContext) -> dict[str, Any]:
    """Draw the badges of the job's delegation, or of all; the argument `design` says how.

    Only those of the people whose ids the argument `participant_ids` has, where it is given.

    Returns:
        `badges`: how many were drawn.

    Raises:
        JobFailed: nobody is confirmed.
    """
    with context.database.read() as session:
        event = session.get_one(Event, context.claimed.event_id)
        look = look_of(session, event)
        wanted = badges_by_delegation(session, event, context.claimed.delegation_id)
    chosen = context.arguments.get("participant_ids")
    total = sum(count for _, count in wanted) if chosen is None else len(chosen)
    sheets = _Sheets(context, event, look, total=total)
    for delegation, _count in wanted:
        sheets.draw(delegation)
    if not sheets.drawn:
        raise JobFailed(ProblemCode.NO_BADGES)
    return {"badges": sheets.drawn}


BADGE_SHEETS = Kind("badge_sheets", Lane.OFFICE, draw, downloaded="badges.sheets")


def file_name(delegation: Delegation, part: int | None = None) -> str:
    """Return the name of a delegation's file, or of one of its parts, such as badges-3-sale-1.pdf.

    Args:
        part: from 1 on; None where there is one file only.
    """
    name = re.sub("[^a-z0-9]+", "-", fold_name(delegation.name)).strip("-")
    words = ["badges", delegation.id, *([name] if name else []), *([part] if part else [])]
    return f"{'-'.join(map(str, words))}.pdf"


class _Sheets:
    """The sheets of one job."""

    def __init__(self, context: JobContext, event: Event, look: Look, total: int) -> None:
        self._context, self._event, self._look, self._total = context, event, look, total
        # Who asks for one delegation may be its coordinator, to whom some badges are withheld.
        self._is_of_one_delegation = context.claimed.delegation_id is not None
        chosen = context.arguments.get("participant_ids")
        self._chosen = None if chosen is None else set(map(str, chosen))
        self._design = cast(Design, context.arguments["design"])
        self.drawn = 0

    def draw(self, delegation: Delegation) -> None:
        """Add a delegation's files."""
        with self._context.database.read() as session:
            number = delegation.id
            specs = badge_specs(
                session,
                self._event,
                self._context.keys,
                delegation_id=number,
                given_out_at=self._context.clock() if self._is_of_one_delegation else None,
            )
        if self._chosen is not None:
            specs = [spec for spec in specs if spec.number in self._chosen]
        for start in range(0, len(specs), PER_PART):
            part = start // PER_PART + 1 if len(specs) > PER_PART else None
            cover = None if start else cover_of(specs)
            pdf = self._pdf(specs[start : start + PER_PART], cover)
            with self._context.add_file(file_name(delegation, part), "application/pdf") as file:
                file.write(pdf)

    def _pdf(self, specs: Sequence[BadgeSpec], cover: Cover | None) -> bytes:
        arguments = (specs, self._design, self._look, cover)
        if self._total <= PER_PART:  # that is little enough for this process
            pdf = _part(*arguments, self._progress)
        else:
            pdf = in_own_process(_part, *arguments, progress=self._progress)
        self.drawn += len(specs)
        return pdf

    def _progress(self, done: int, _total: int) -> None:
        self._context.progress(self.drawn + done, max(self._total, self.drawn + done))


def _part(
    specs: Sequence[BadgeSpec],
    design: Design,
    look: Look,
    cover: Cover | None,
    progress: Progress,
) -> bytes:
    return badge_sheets_pdf(specs, design=design, look=look, cover=cover, progress=progress)
