"""The page of an event's categories: names, colours, shapes and order."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, flash, redirect, request
from flask_babel import gettext as _

from badges.phone import category_band_png
from badges.spec import SHAPES
from badges.typesetting.shapes import outline_points
from checkin.db.models import Category
from checkin.domain.common.names import clean_name
from checkin.domain.common.problems import InvalidValue
from checkin.errors import InvalidRequest
from checkin.services.common.lookup import by_id
from checkin.services.events.events import categories_of, next_category_look
from checkin.services.people.categories import (
    CategoryDetails,
    change_category,
    move_category,
    new_category,
    remove_category,
    uses_of,
    validate_category,
)
from checkin.services.people.category_wishes import settle_wish, wishes_of
from checkin.web.people.listed_forms import (
    NONE_REFUSED,
    ChangeByDetails,
    ReadValues,
    Refused,
    change_by_form,
)
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)

_FIELDS = ("name", "name_ar", "colour", "shape")


@bp.get("/events/<slug>/categories")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """List the categories, each with a form that changes it."""
    return _page(visit)


@bp.post("/events/<slug>/categories")
@visited_by(STAFF)
def add(visit: EventVisit) -> Answer:
    """Add a category."""
    return _changed(visit, "new-", lambda v, new: new_category(v.session, v.event, new, **v.who))


@bp.post("/events/<slug>/categories/wishes")
@visited_by(STAFF)
def decide_wish(visit: EventVisit) -> Answer:
    """Create a category that a coordinator has asked for, or say that it is not wanted."""
    name, creates = request.form.get("name", "")[:200], request.form.get("do") == "create"
    try:
        visit.write(lambda v: _decide_wish(v, name, creates=creates))
    except InvalidValue as fault:
        return _page(visit, notice=problem_advice(fault.in_column("category"), visit.language)), 400
    visit.nudge()
    return redirect(visit.address("categories.show"), 303)


@bp.post("/events/<slug>/categories/<int:category_id>")
@visited_by(STAFF)
def change(visit: EventVisit, category_id: int) -> Answer:
    """Rename a category, or change its colour and shape."""
    return _changed(
        visit,
        f"{category_id}-",
        lambda v, new: change_category(v.session, v.event, category_id, new, **v.who),
        lambda v: _values_of(by_id(v.session, v.event, Category, category_id)),
    )


@bp.post("/events/<slug>/categories/<int:category_id>/move")
@visited_by(STAFF)
def move(visit: EventVisit, category_id: int) -> Answer:
    """Move a category up or down."""
    by = -1 if request.form.get("to") == "up" else 1
    visit.write(lambda v: move_category(v.session, v.event, category_id, by=by, **v.who))
    visit.nudge()
    return redirect(visit.address("categories.show", _anchor=f"c{category_id}"), 303)


@bp.post("/events/<slug>/categories/<int:category_id>/remove")
@visited_by(STAFF)
def remove(visit: EventVisit, category_id: int) -> Answer:
    """Delete a category that is not in use."""
    try:
        visit.write(lambda v: remove_category(v.session, v.event, category_id, **v.who))
    except InvalidValue as fault:
        return _page(visit, notice=problem_advice(fault.in_column("category"), visit.language)), 400
    visit.nudge()
    flash(_("The category is deleted."))
    return redirect(visit.address("categories.show"), 303)


@bp.get("/events/<slug>/categories/band.png")
@visited_by(STAFF)
def band(visit: EventVisit) -> Answer:
    """Return the band of a badge as a picture, with what a form says of a category just now."""
    asked = {name: request.args.get(name, "") for name in _FIELDS}
    details = validate_category(asked | {"name": asked["name"].strip() or _("Category")})
    if isinstance(details, list):
        raise InvalidRequest("this is no category that a badge could show")
    names = [name for name in (details.name, details.name_ar) if name]
    if visit.event.language == "ar":
        names.reverse()
    picture = Response(category_band_png(details.look, names), mimetype="image/png")
    picture.headers["Cache-Control"] = "private, no-store"
    return picture


def _changed(
    visit: EventVisit,
    form: str,
    change: ChangeByDetails[CategoryDetails],
    read: ReadValues | None = None,
) -> Answer:
    refused = change_by_form(visit, form, _FIELDS, validate_category, change, read)
    if refused is not None:
        return _page(visit, refused), refused.status
    return redirect(visit.address("categories.show"), 303)


def _decide_wish(visit: EventVisit, name: str, *, creates: bool) -> None:
    if creates:
        look = next_category_look(categories_of(visit.session, visit.event))
        details = CategoryDetails(clean_name(name), None, look)
        new_category(visit.session, visit.event, details, **visit.who)
    settle_wish(visit.session, visit.event, name)


def _values_of(category: Category) -> dict[str, str]:
    return {name: getattr(category, name) or "" for name in _FIELDS}


def _page(visit: EventVisit, refused: Refused = NONE_REFUSED, notice: str = "") -> str:
    categories = categories_of(visit.session, visit.event)
    return visit.show(
        "people/categories.html",
        categories=categories,
        values={one.id: _values_of(one) for one in categories},
        fresh=asdict(next_category_look(categories)),
        uses=uses_of(visit.session, visit.event),
        notice=notice,
        wishes=wishes_of(visit.session, visit.event),
        shapes=_shape_names(),
        outlines={shape: outline_points(shape) for shape in SHAPES},
        **refused.shown(visit.language, {"shape": _shape_names()}),
    )


def _shape_names() -> list[tuple[str, str]]:
    names = {
        "circle": _("Circle"),
        "square": _("Square"),
        "triangle": _("Triangle"),
        "diamond": _("Diamond"),
        "hexagon": _("Hexagon"),
        "star": _("Star"),
    }
    return [(shape, names[shape]) for shape in SHAPES]
