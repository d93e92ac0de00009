"""The page of an event's logo and colours, with a preview of a badge."""

from __future__ import annotations

from flask import Response, flash, redirect, request
from flask_babel import gettext as _

from badges.look import PLAIN, LookProblem
from checkin.services.events.events import categories_of
from checkin.services.events.look import (
    LookRefused,
    look_of,
    set_category_colours,
    set_colour,
    set_logo,
)
from checkin.services.mail.previews import preview_picture
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.get("/events/<slug>/look")
@visited_by(STAFF)
def edit(visit: EventVisit) -> Answer:
    """Show the logo and the colours beside a badge that has them."""
    return _page(visit)


@bp.post("/events/<slug>/look")
@visited_by(STAFF)
def save(visit: EventVisit) -> Answer:
    """Save the logo and the colours; if one is refused, none is saved and the reason is shown."""
    try:
        visit.write(_save)
    except LookRefused as fault:
        return _page(visit, fault), 400
    flash(_("Saved."))
    return redirect(visit.address("look.edit"), 303)


@bp.get("/events/<slug>/look/preview.png")
@visited_by(STAFF)
def preview(visit: EventVisit) -> Answer:
    """Return an invented participant's badge as a picture."""
    session, event = visit.session, visit.event
    picture = preview_picture(session, event, event.language)
    response = Response(picture, mimetype="image/png")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _save(visit: EventVisit) -> None:
    session, event, form, who = visit.session, visit.event, request.form, visit.who
    if "no_logo" in form:
        set_logo(session, event, None, **who)
    elif (file := request.files.get("logo")) and file.filename:
        file.stream.seek(0)  # a transaction that is repeated reads it again
        set_logo(session, event, file.read(), **who)
    if colour := form.get("colour"):
        set_colour(session, event, None if colour == PLAIN.colour else colour, **who)
    colours = {c.id: form.get(f"category-{c.id}", c.colour) for c in categories_of(session, event)}
    set_category_colours(session, event, colours, **who)


def _page(visit: EventVisit, refused: LookRefused | None = None) -> str:
    return visit.show(
        "events/look.html",
        look=look_of(visit.session, visit.event),
        categories=categories_of(visit.session, visit.event),
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
