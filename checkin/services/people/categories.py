"""An event's categories: adding, changing, ordering and deleting them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from badges.look import LookError, checked_hue
from badges.spec import SHAPES, Shape
from badges.typesetting.category_looks import CategoryLook
from checkin.db.models import Category, Event, GateCategory, OpeningHours, Participant
from checkin.db.models import SelfRegistration as Link
from checkin.domain.common.forms import Form
from checkin.domain.common.names import clean_name, fold_name
from checkin.domain.common.problems import FieldProblem, InvalidValue, Problem
from checkin.services.common.activity import note
from checkin.services.common.list_version import bump_list_version_where, next_list_version
from checkin.services.common.lookup import by_id
from checkin.services.events.events import add_category, categories_of

#: of a category whose colour nobody has chosen
DEFAULT_COLOUR = "#1f4e79"


@dataclass(frozen=True, slots=True)
class CategoryDetails:
    """A valid category."""

    name: str
    name_ar: str | None
    look: CategoryLook


@dataclass(frozen=True, slots=True)
class Uses:
    """What uses a category; a category in use cannot be deleted."""

    people: int
    gates: int
    links: int
    hours: int

    @property
    def none(self) -> bool:
        """Whether nothing uses the category."""
        return not (self.people or self.gates or self.links or self.hours)


def validate_category(raw: Mapping[str, str]) -> CategoryDetails | list[Problem]:
    """Return the category that ``raw`` describes, or everything that is wrong with it."""
    form = Form(raw)
    name, name_ar = form.read("name", clean_name), form.read("name_ar", _optional_name)
    colour, shape = form.read("colour", _colour), form.read("shape", _shape)
    return form.problems or CategoryDetails(name, name_ar, CategoryLook(colour, shape))


def uses_of(session: Session, event: Event) -> Mapping[int, Uses]:
    """Return the uses of each category of an event."""
    people = _count_by_category(session, Participant, event)
    gates = _count_by_category(session, GateCategory, event)
    links = _count_by_category(session, Link, event)
    hours = _count_by_category(session, OpeningHours, event)
    return {
        one.id: Uses(*(counts.get(one.id, 0) for counts in (people, gates, links, hours)))
        for one in categories_of(session, event)
    }


def new_category(
    session: Session, event: Event, details: CategoryDetails, *, operator_id: int, now: datetime
) -> Category:
    """Add a category at the end of the event's order.

    Raises:
        FieldProblem: another one has this name.
    """
    next_list_version(session, event.id)  # so that two organisers do not add the same name
    _refuse_taken(session, event, details)
    category = add_category(session, event, details.name, details.name_ar, look=details.look)
    note(session, event.id, "category.add", now, operator_id=operator_id, name=details.name)
    return category


def change_category(
    session: Session,
    event: Event,
    category_id: int,
    details: CategoryDetails,
    *,
    operator_id: int,
    now: datetime,
) -> None:
    """Rename a category, or change its colour and shape; gate lists get its new name.

    Raises:
        NotFound: the event has no such category.
        FieldProblem: another one has this name.
    """
    version = next_list_version(session, event.id)
    category = by_id(session, event, Category, category_id)
    _refuse_taken(session, event, details, besides=category)
    category.name, category.name_ar = details.name, details.name_ar
    category.folded = fold_name(details.name)
    category.colour, category.shape = details.look.colour, details.look.shape
    session.flush()
    bump_list_version_where(session, Participant.category_id == category.id, version)
    note(
        session,
        event.id,
        "category.change",
        now,
        operator_id=operator_id,
        category_id=category.id,
        name=details.name,
        name_ar=details.name_ar,
        colour=details.look.colour,
        shape=details.look.shape,
    )


def move_category(
    session: Session,
    event: Event,
    category_id: int,
    *,
    by: int,
    operator_id: int,
    now: datetime,
) -> None:
    """Move a category up (-1) or down (1) in the order; past either end nothing changes.

    Raises:
        NotFound: the event has no such category.
    """
    next_list_version(session, event.id)
    moved = by_id(session, event, Category, category_id)
    order = list(categories_of(session, event))
    at = order.index(moved)
    order.insert(max(0, at + by), order.pop(at))
    for position, category in enumerate(order):
        category.position = position
    session.flush()
    names = [one.name for one in order]
    note(session, event.id, "category.order", now, operator_id=operator_id, order=names)


def remove_category(
    session: Session, event: Event, category_id: int, *, operator_id: int, now: datetime
) -> None:
    """Delete a category that is not in use.

    Raises:
        NotFound: the event has no such category.
        InvalidValue: a participant has it, a gate admits it, a registration link registers for
            it, it has hours of its own, or it is the event's last category.
    """
    next_list_version(session, event.id)  # nobody is registered in it meanwhile
    category = by_id(session, event, Category, category_id)
    uses = uses_of(session, event)
    needed = uses[category.id]
    if not needed.none:
        count = needed.people + needed.gates + needed.links + needed.hours
        raise InvalidValue("category_used", category.name, str(count))
    if len(uses) == 1:
        raise InvalidValue("last_category", category.name)
    session.delete(category)
    session.flush()
    note(session, event.id, "category.remove", now, operator_id=operator_id, name=category.name)


def _count_by_category(session: Session, table: Any, event: Event) -> dict[int, int]:
    rows = session.execute(
        select(table.category_id, func.count().label("people"))
        .where(table.event_id == event.id)
        .group_by(table.category_id)
    )
    return {row.category_id: row.people for row in rows}


def _refuse_taken(
    session: Session, event: Event, details: CategoryDetails, besides: Category | None = None
) -> None:
    mine = {fold_name(name) for name in (details.name, details.name_ar) if name}
    for other in categories_of(session, event):
        names = {fold_name(name) for name in (other.name, other.name_ar) if name}
        if other is not besides and mine & names:
            raise FieldProblem("name", "name_taken", details.name, other.name)


def _optional_name(text: str) -> str | None:
    return clean_name(text) if text else None


def _colour(text: str) -> str:
    try:
        return checked_hue(text)
    except LookError:
        raise InvalidValue("unknown_choice", text) from None


def _shape(text: str) -> Shape:
    if text not in SHAPES:
        raise InvalidValue("unknown_choice", text)
    return text
