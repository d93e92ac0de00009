"""An event's categories: names, colours, shapes and their order."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from badges.spec import SHAPES
from badges.typesetting.shapes import outline
from checkin.domain.common.problems import InvalidValue
from checkin.services.events.events import categories_of
from checkin.services.events.visibility import visible_event
from checkin.services.people.categories import (
    CategoryDetails,
    change_category,
    move_category,
    new_category,
    remove_category,
    uses_of,
    validate_category,
)
from checkin.web.site.errors import register_page_errors
from checkin.web.site.event_changes import Change, change_event
from checkin.web.site.languages import page_language
from checkin.web.site.listed_forms import NONE_REFUSED, ChangeByDetails, Refused, change_by_form
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba

bp = Blueprint("categories", __name__)
register_page_errors(bp)

_FIELDS = ("name", "name_ar", "colour", "shape")


@bp.get("/events/<slug>/categories")
def show(slug: str) -> ResponseReturnValue:
    """List the categories, each with a form that changes it."""
    return _page(slug)


@bp.post("/events/<slug>/categories")
def add(slug: str) -> ResponseReturnValue:
    """Add a category."""
    return _changed(slug, "new-", new_category)


@bp.post("/events/<slug>/categories/<int:category_id>")
def change(slug: str, category_id: int) -> ResponseReturnValue:
    """Rename a category, or change its colour and shape."""
    return _changed(slug, f"{category_id}-", partial(change_category, category_id=category_id))


@bp.post("/events/<slug>/categories/<int:category_id>/move")
def move(slug: str, category_id: int) -> ResponseReturnValue:
    """Move a category up or down."""
    by = -1 if request.form.get("to") == "up" else 1
    _write(slug, partial(move_category, category_id=category_id, by=by))
    return redirect(url_for("categories.show", slug=slug, _anchor=f"c{category_id}"), 303)


@bp.post("/events/<slug>/categories/<int:category_id>/remove")
def remove(slug: str, category_id: int) -> ResponseReturnValue:
    """Delete a category that nothing needs."""
    try:
        _write(slug, partial(remove_category, category_id=category_id))
    except InvalidValue as fault:
        return _page(slug, notice=fault.in_column("category").advice(page_language())), 400
    flash(_("The category is deleted."))
    return redirect(url_for("categories.show", slug=slug), 303)


def _changed(slug: str, form: str, change: ChangeByDetails[CategoryDetails]) -> ResponseReturnValue:
    refused = change_by_form(slug, form, _FIELDS, validate_category, change)
    if refused is not None:
        return _page(slug, refused), 400
    return redirect(url_for("categories.show", slug=slug), 303)


def _write(slug: str, change: Change) -> None:
    marhaba().live.nudge(change_event(slug, change))


def _page(slug: str, refused: Refused = NONE_REFUSED, notice: str = "") -> str:
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        return render_template(
            "people/categories.html",
            event=event,
            categories=categories_of(session, event),
            uses=uses_of(session, event),
            notice=notice,
            shapes=_shape_names(),
            outlines={shape: _points(shape) for shape in SHAPES},
            **refused.shown(),
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


def _points(shape: str) -> str:
    corners = outline(shape)
    return " ".join(f"{x:.3f},{y:.3f}" for x, y in corners)
