"""A logo is drawn where memory and time have limits: a hostile one is refused, and that is all."""

from __future__ import annotations

import base64

import pytest

from checkin.db.models import Category, Job, JobState
from checkin.services.events.look import look_of
from checkin.settings import Settings
from checkin.worker.look import LOOK
from tests.badges.test_designs import LOGO
from tests.support import factories
from tests.support.asked_jobs import ask, ended
from tests.support.factories import MASTER_KEY
from tests.support.working import working

_BLURS = '<feGaussianBlur stdDeviation="20"/>' * 400
_NOISE = '<feTurbulence type="fractalNoise" baseFrequency="0.9" numOctaves="40"/>' * 60
_ALL = '<rect width="100" height="100"/>'


def filtered(filters: str) -> str:
    return f'<filter id="f">{filters}</filter><g filter="url(#f)">{_ALL}</g>'


HOSTILE = {
    "hundreds of blurs": filtered(_BLURS),
    "much noise": filtered(_NOISE),
    "a layer in a layer, and so on": '<g opacity="0.9">' * 900 + _ALL + "</g>" * 900,
    "more depth than a reader bears": "<g>" * 40_000 + _ALL + "</g>" * 40_000,
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


@pytest.mark.parametrize("inside", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_drawing_is_refused_and_the_next_logo_is_taken(database, event, worker, inside):
    hostile = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{inside}</svg>'

    bad = done(database, sent(database, event, hostile.encode()))
    after_it = logo_of(database, event)
    good = done(database, sent(database, event, LOGO))

    assert bad.problem["code"] in ("out_of_time", "out_of_memory", "died", "look_refused")
    assert (bad.state, after_it) == (JobState.FAILED, None)
    assert (good.state, logo_of(database, event), worker.is_alive()) == (JobState.DONE, LOGO, True)


def test_a_drawing_of_huge_dimensions_is_drawn_as_small_as_any(database, event, worker):
    """The layout gives it its size, whatever it asks for."""
    huge = LOGO.replace(b"<svg ", b'<svg width="1e9" height="1e9" ')

    job = done(database, sent(database, event, huge))

    assert (job.state, logo_of(database, event)) == (JobState.DONE, huge)


def test_a_logo_that_takes_long_to_draw_is_out_of_time_and_one_of_many_layers_out_of_memory(
    database, event, worker
):
    codes = []
    for name in ("hundreds of blurs", "a layer in a layer, and so on"):
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{HOSTILE[name]}</svg>'
        codes.append(done(database, sent(database, event, svg.encode())).problem["code"])

    assert codes == ["out_of_time", "out_of_memory"]


def test_the_colours_that_came_with_a_logo_are_changed_with_it(database, event, worker):
    category = factories.a_category(database, event)
    given = {"logo": base64.b64encode(LOGO).decode(), "colour": "#a3262a"}
    colours = {category.id: "#f2b705"}

    done(database, ask(database, LOOK.name, event_id=event.id, category_colours=colours, **given))

    with database.read() as session:
        colours = look_of(session, event).colour, session.get_one(Category, category.id).colour
    assert colours == ("#a3262a", "#f2b705")
