"""A logo is drawn where memory and time have limits: a hostile one is refused, and that is all."""

from __future__ import annotations

import base64
from io import BytesIO

import pytest
from PIL import Image

from badges.look import checked_logo
from checkin.db.models import Category, Job, JobState
from checkin.services.events.look import look_of
from checkin.settings import Settings
from checkin.worker.work.look import LOOK
from tests.badges.test_designs import LOGO
from tests.support import factories
from tests.support.asked_jobs import ask, ended
from tests.support.factories import MASTER_KEY
from tests.support.servers.working import working

_EDGES = "L9 1L1 9" * 6_000
HOSTILE = {
    "hundreds of blurs": ("<filter>" + "<feGaussianBlur/>" * 400 + "</filter>", "not_plain"),
    "more depth than a reader bears": ("<g>" * 40_000 + "</g>" * 40_000, "not_plain"),
    "millions of edges to clip by": (
        f'<clipPath id="c"><path d="M0 0{_EDGES}"/></clipPath>'
        + '<g clip-path="url(#c)"><path d="M0 0H9V9"/></g>' * 499,
        "takes_too_much",
    ),
}


@pytest.fixture
def databases(sqlite_databases):
    """What a logo takes is the same with both databases."""
    return sqlite_databases


@pytest.fixture
def worker(database_url, tmp_path):
    settings = Settings(home=tmp_path, database_url=database_url, master_key=MASTER_KEY.hex())
    with working(settings) as process:
        yield process


def sent(database, event, logo: bytes) -> int:
    given = {"logo": base64.b64encode(logo).decode(), "colour": None, "category_colours": {}}
    return ask(database, LOOK.name, event_id=event.id, **given)


def done(database, number: int) -> Job:
    # Its seconds of the processor may take minutes where others want the processor, too.
    return ended(database, number, 300)


def logo_of(database, event) -> bytes | None:
    with database.read() as session:
        return look_of(session, event).logo


@pytest.mark.parametrize(("inside", "problem"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_drawing_is_refused_and_the_next_logo_is_taken(
    database, event, worker, inside, problem
):
    hostile = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'

    bad = done(database, sent(database, event, hostile.encode()))
    after_it = logo_of(database, event)
    good = done(database, sent(database, event, LOGO))

    assert (bad.state, bad.problem["values"]["problem"]) == (JobState.FAILED, problem)
    assert after_it is None
    assert (good.state, worker.is_alive()) == (JobState.DONE, True)
    assert logo_of(database, event) == checked_logo(LOGO)


def test_a_drawing_of_huge_dimensions_is_drawn_as_small_as_any(database, event, worker):
    """The layout gives it its size, whatever it asks for."""
    huge = LOGO.replace(b"<svg ", b'<svg width="1e9" height="1e9" ')

    job = done(database, sent(database, event, huge))

    assert job.state == JobState.DONE
    with Image.open(BytesIO(logo_of(database, event))) as image:
        assert max(image.size) == 600


def test_the_colours_that_came_with_a_logo_are_changed_with_it(database, event, worker):
    category = factories.a_category(database, event)
    given = {"logo": base64.b64encode(LOGO).decode(), "colour": "#a3262a"}
    colours = {category.id: "#f2b705"}

    done(database, ask(database, LOOK.name, event_id=event.id, category_colours=colours, **given))

    with database.read() as session:
        colours = look_of(session, event).colour, session.get_one(Category, category.id).colour
    assert colours == ("#a3262a", "#f2b705")
