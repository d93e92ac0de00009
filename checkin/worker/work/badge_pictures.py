"""Put a delegation's badges into one ZIP of pictures, named by person, to be sent one by one."""

from __future__ import annotations

import re
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from badges.phone import phone_badge_png
from badges.spec import BadgeSpec
from checkin.db.models import Delegation, Event, Lane
from checkin.services.badges.specs import badge_specs
from checkin.services.events.look import look_of
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.worker.context import JobContext, Kind
from checkin.worker.work.badge_sheets import file_name

#: what no system takes in the name of a file
_UNUSABLE = re.compile(r'[\x00-\x1f<>:"/\\|?*\u200e\u200f]+')
_LONGEST_NAME = 80


def draw(context: JobContext) -> dict[str, Any]:
    """Draw the badges of the job's delegation, one after the other; few are held at a time.

    Returns:
        `badges`: how many were drawn.

    Raises:
        JobFailed: nobody is confirmed.
    """
    with context.database.read() as session:
        event = session.get_one(Event, context.claimed.event_id)
        delegation = session.get_one(Delegation, context.claimed.delegation_id)
        look = look_of(session, event)
        # Who asks for one delegation may be its coordinator, to whom some badges are withheld.
        of, given_out_at = delegation.id, context.clock()
        specs = badge_specs(
            session, event, context.keys, delegation_id=of, given_out_at=given_out_at
        )
    if not specs:
        raise JobFailed(ProblemCode.NO_BADGES)
    name = file_name(delegation).removesuffix(".pdf") + ".zip"
    with (
        context.add_file(name, "application/zip") as file,
        # Pictures are packed already.
        ZipFile(file, "w", ZIP_STORED) as archive,
    ):
        for done, spec in enumerate(specs):
            context.progress(done, len(specs))
            archive.writestr(picture_name(spec), phone_badge_png(spec, look))
    return {"badges": len(specs)}


BADGE_PICTURES = Kind("badge_pictures", Lane.OFFICE, draw, downloaded="badges.pictures")


def picture_name(spec: BadgeSpec) -> str:
    """Return the name of a person's picture: their name, and their number, which nobody shares."""
    name = " ".join(_UNUSABLE.sub(" ", spec.name).split())[:_LONGEST_NAME].strip(" .")
    return f"{name or 'badge'} {spec.number}.png"
