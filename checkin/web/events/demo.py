"""Try the program with invented people: make the demo's event in the browser, and remove it."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from checkin.domain.events.details import DEMO_SLUG, is_demo
from checkin.errors import NotFound
from checkin.services.common.activity import note
from checkin.services.lifecycle.demo import load_demo
from checkin.services.lifecycle.demo_removal import remove_demo
from checkin.services.lifecycle.purge import count_of_people
from checkin.web.site.visits import STAFF, Answer, EventVisit, Visit, pages, visited_by

bp = pages(__name__)

#: few enough to be made while one waits, and enough to see lists and the board
PEOPLE = 300
_SEED = 1


@bp.post("/events/new/demo")
@visited_by(STAFF)
def make(visit: Visit) -> Answer:
    """Make the demo's event, dated today with its doors open; one that is there is dated anew."""
    visit.write(_make)
    return redirect(visit.address("board.show", slug=DEMO_SLUG), 303)


@bp.get("/events/<slug>/demo")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """Ask once more before the demo is removed."""
    _refuse_others(visit)
    return visit.show("events/demo.html", people=count_of_people(visit.session, visit.event))


@bp.post("/events/<slug>/demo/remove")
@visited_by(STAFF)
def remove(visit: EventVisit) -> Answer:
    """Remove the demo's event with all that belongs to it."""
    _refuse_others(visit)
    visit.write(lambda v: remove_demo(v.session, **v.who))
    visit.server.devices.forget()
    flash(_("The demo is removed."))
    return redirect(url_for("overview.show"), 303)


def _make(visit: Visit) -> None:
    loaded = load_demo(visit.session, visit.keys, PEOPLE, _SEED, visit.now)
    if loaded.new:
        note(visit.session, None, "demo.add", visit.now, operator_id=visit.operator.id)


def _refuse_others(visit: EventVisit) -> None:
    if not is_demo(visit.event.slug, visit.event.contact):
        raise NotFound("only the demo is removed: the people of an event are erased")
