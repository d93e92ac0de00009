"""An event's categories: names, colours, shapes and their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from badges.shapes import outline
from badges.spec import SHAPES
from checkin.db.models import Event
from checkin.domain.problems import InvalidValue, Problem
from checkin.services.category_desk import (
    CategoryDetails,
    change_category,
    move_category,
    new_category,
    remove_category,
    uses_of,
    validate_category,
)
from checkin.services.events import categories_of
from checkin.services.visible_events import visible_event
from checkin.web.event_changes import change_event
from checkin.web.languages import page_language
from checkin.web.page_errors import register_page_errors
from checkin.web.sessions import current_operator
from checkin.web.state import database, marhaba

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
    return _said(slug, "new-", new_category)


@bp.post("/events/<slug>/categories/<int:category_id>")
def change(slug: str, category_id: int) -> ResponseReturnValue:
    """Rename a category, or change its colour and shape."""

    def work(session: Session, event: Event, details: CategoryDetails, **who: object) -> None:
        change_category(session, event, category_id, details, **who)  # type: ignore[arg-type]

    return _said(slug, f"{category_id}-", work)


@bp.post("/events/<slug>/categories/<int:category_id>/move")
def move(slug: str, category_id: int) -> ResponseReturnValue:
    """Move a category up or down."""
    by = -1 if request.form.get("to") == "up" else 1

    def work(session: Session, event: Event, **who: object) -> None:
        move_category(session, event, category_id, by=by, **who)  # type: ignore[arg-type]

    _write(slug, work)
    return redirect(url_for("categories.show", slug=slug, _anchor=f"c{category_id}"), 303)


@bp.post("/events/<slug>/categories/<int:category_id>/remove")
def remove(slug: str, category_id: int) -> ResponseReturnValue:
    """Delete a category that nothing needs."""

    def work(session: Session, event: Event, **who: object) -> None:
        remove_category(session, event, category_id, **who)  # type: ignore[arg-type]

    try:
        _write(slug, work)
    except InvalidValue as fault:
        return _page(slug, notice=fault.in_column("category").advice(page_language())), 400
    flash(_("The category is deleted."))
    return redirect(url_for("categories.show", slug=slug), 303)


def _said(slug: str, form: str, work: Callable[..., object]) -> ResponseReturnValue:
    values = {name: request.form.get(name, "")[:400] for name in _FIELDS}
    details = validate_category(values)
    if isinstance(details, list):
        return _page(slug, form, values, details), 400
    try:
        _write(slug, work, details)
    except InvalidValue as fault:
        return _page(slug, form, values, [fault.in_column("name")]), 400
    flash(_("Saved."))
    return redirect(url_for("categories.show", slug=slug), 303)


def _write(slug: str, work: Callable[..., object], *details: CategoryDetails) -> None:

    def change(session: Session, event: Event, /, *, operator_id: int, now: datetime) -> None:
        work(session, event, *details, operator_id=operator_id, now=now)

    marhaba().live.nudge(change_event(slug, change))


def _page(
    slug: str,
    refused: str = "",
    said: Mapping[str, str] | None = None,
    problems: list[Problem] | None = None,
    notice: str = "",
) -> str:
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        return render_template(
            "categories.html",
            event=event,
            categories=categories_of(session, event),
            uses=uses_of(session, event),
            refused=refused,
            said=said or {},
            said_problems={one.column: one.advice(page_language()) for one in problems or ()},
            notice=notice,
            shapes=_shape_names(),
            outlines={shape: _points(shape) for shape in SHAPES},
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
