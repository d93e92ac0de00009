"""The event's logo and colours: upload them, see a badge with them."""

from __future__ import annotations

from datetime import UTC, datetime

from apiflask import APIBlueprint
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from badges.look import PLAIN, LookProblem
from checkin.db.engine import in_transaction
from checkin.services.events.events import categories_of
from checkin.services.events.look import (
    LookRefused,
    look_of,
    set_category_colours,
    set_colour,
    set_logo,
)
from checkin.services.events.visibility import visible_event
from checkin.services.mail.previews import preview_picture
from checkin.web.site.errors import register_page_errors
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database

bp = APIBlueprint("event_look", __name__, enable_openapi=False)
register_page_errors(bp)


@bp.get("/events/<slug>/look")
def edit(slug: str) -> ResponseReturnValue:
    """Show the logo and the colours beside a badge that has them."""
    return _page(slug)


@bp.post("/events/<slug>/look")
def save(slug: str) -> ResponseReturnValue:
    """Keep the logo and the colours, all of them or, with the reason, none."""
    try:
        in_transaction(database(), lambda session: _save(session, slug))
    except LookRefused as fault:
        return _page(slug, fault), 400
    flash(_("Saved."))
    return redirect(url_for("event_look.edit", slug=slug), 303)


@bp.get("/events/<slug>/look/preview.png")
def preview(slug: str) -> ResponseReturnValue:
    """Return an invented participant's badge as a picture."""
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        picture = preview_picture(session, event, event.language)
    response = Response(picture, mimetype="image/png")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _save(session: Session, slug: str) -> None:
    operator, form, now = current_operator(), request.form, datetime.now(UTC)
    event = visible_event(session, operator, slug)
    if "no_logo" in form:
        set_logo(session, event, None, now=now, operator_id=operator.id)
    elif (file := request.files.get("logo")) and file.filename:
        file.stream.seek(0)  # a transaction that is repeated reads it again
        set_logo(session, event, file.read(), now=now, operator_id=operator.id)
    if colour := form.get("colour"):
        wanted = None if colour == PLAIN.colour else colour
        set_colour(session, event, wanted, now=now, operator_id=operator.id)
    colours = {c.id: form.get(f"category-{c.id}", c.colour) for c in categories_of(session, event)}
    set_category_colours(session, event, colours, now=now, operator_id=operator.id)


def _page(slug: str, refused: LookRefused | None = None) -> str:
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        return render_template(
            "events/look.html",
            event=event,
            look=look_of(session, event),
            categories=categories_of(session, event),
            given=request.form if refused else {},
            refused=refused,
            problem=refused and _problem_words(refused),
            of_colour=refused and refused.problem in (LookProblem.NO_COLOUR, LookProblem.TOO_LIGHT),
        )


def _problem_words(refused: LookRefused) -> str:
    value = refused.value
    return str(
        {
            LookProblem.TOO_LARGE: _(
                "The logo is too large: make it smaller than %(value)s kB.", value=value
            ),
            LookProblem.TOO_WIDE: _(
                "The logo is wider or higher than %(value)s pixels: make it smaller.", value=value
            ),
            LookProblem.NO_PICTURE: _(
                "The logo is neither PNG, JPEG nor SVG: save it as one of them."
            ),
            LookProblem.BROKEN: _("The logo's file is damaged: save it again, as PNG for example."),
            LookProblem.NOT_PLAIN: _(
                "The logo holds “%(value)s”, which a drawing does not need: save it as plain SVG, "
                "or as PNG.",
                value=value,
            ),
            LookProblem.NO_COLOUR: _(
                "“%(value)s” is no colour: write it like #1b6e4b.", value=value
            ),
            LookProblem.TOO_LIGHT: _(
                "On white this colour has a contrast of %(value)s; words need 4.5. Choose a darker "
                "one.",
                value=value,
            ),
        }[refused.problem]
    )
