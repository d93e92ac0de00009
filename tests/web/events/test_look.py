"""The event's logo and colours: uploaded, refused with the reason, seen on the badge."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from badges.look import LookError, LookProblem, checked_logo
from checkin.db.models import Activity, Category
from checkin.services.badges.page import page_secret
from checkin.services.events.look import LookRefused, look_of
from tests.badges.test_designs import LOGO
from tests.badges.test_look import a_png
from tests.support import factories
from tests.support.factories import KEYS
from tests.support.servers.inline_worker import do_waiting_jobs, keep_jobs_waiting
from tests.web.browsing import follow

PAGE = "/events/rabat-2025/look"


def look(database, event):
    with database.read() as session:
        return look_of(session, event)


def send(browsing, content=None, name="logo.png", **fields):
    files = {"logo": (BytesIO(content), name)} if content is not None else {}
    return browsing.send(PAGE, **fields, **files)


def shown(browsing, answer):
    """What the browser shows: a logo is checked by a job, a colour at once."""
    if answer.status_code == 303:
        return follow(browsing, answer)
    assert answer.status_code == 400
    return answer


def red_share(png):
    pixels = Image.open(BytesIO(png)).convert("RGB").resize((108, 190))
    return sum(pixel == (163, 38, 42) for pixel in pixels.get_flattened_data())


@pytest.mark.parametrize(
    ("content", "name"), [(a_png((300, 200)), "logo.png"), (LOGO, "logo.svg")], ids=["png", "svg"]
)
def test_a_logo_is_kept_and_seen_on_the_badges_picture_and_page(
    organiser, app, database, event, delegation, content, name
):
    amina = factories.a_participant(database, event, delegation=delegation)
    page = f"/b/{page_secret(KEYS, amina.badge_id)}"
    before = organiser.open(f"{PAGE}/preview.png").data

    assert send(organiser, content, name).status_code == 303

    after = organiser.open(f"{PAGE}/preview.png").data
    phone = app.test_client().get(f"{page}/badge.png").data
    assert red_share(before) == 0
    assert min(red_share(after), red_share(phone)) > 50
    assert 'class="logo" src="data:image/png;base64,' in app.test_client().get(page).text


def test_a_logo_is_taken_away(organiser, database, event):
    send(organiser, LOGO)
    kept = look(database, event).logo

    organiser.send(PAGE, no_logo="yes")

    assert (kept, look(database, event).logo) == (checked_logo(LOGO), None)


def test_colours_are_kept_and_written_down(organiser, database, event):
    category = factories.a_category(database, event)

    organiser.send(PAGE, colour="#A3262A", **{f"category-{category.id}": "#f2b705"})

    with database.read() as session:
        colour = session.scalar(select(Category.colour))
        actions = session.scalars(select(Activity.action).order_by(Activity.id)).all()
    assert (look(database, event).colour, colour) == ("#a3262a", "#f2b705")
    assert [action for action in actions if "colour" in action] == [
        "event.colour",
        "category.colours",
    ]


@pytest.mark.parametrize(
    ("content", "fields", "french", "arabic"),
    [
        (b"GIF89a", {}, "ni un PNG, ni un JPEG, ni un SVG", "ليس الشعار"),
        (a_png((20, 20))[:60], {}, "est endommagé", "تالف"),
        (a_png((4001, 1)), {}, "plus de 4000 pixels", "4000"),
        (b"<svg><script/></svg>", {}, "contient «\N{NO-BREAK SPACE}&lt;script", "&lt;script"),
        (b"<svg" + b" " * 300_000, {}, "moins de 300 ko", "300"),
        (None, {"colour": "#f2b705"}, "un contraste de 1,8", "1,8"),
        (None, {"colour": "rouge"}, "n’est pas une couleur", "ليس لونا"),
    ],
)
def test_what_cannot_be_used_is_refused_in_the_readers_language_and_changes_nothing(
    organiser, database, event, content, fields, french, arabic
):
    before = look(database, event)

    in_french = shown(organiser, send(organiser, content, **fields))
    organiser.open("/?lang=ar")
    in_arabic = shown(organiser, send(organiser, content, **fields))

    assert (french in in_french.text, arabic in in_arabic.text) == (True, True)
    assert look(database, event) == before


def test_a_bad_colour_leaves_the_logo_as_it_was_and_a_bad_logo_the_colours(
    organiser, database, event
):
    before = look(database, event)

    colour = follow(organiser, send(organiser, LOGO, colour="#ffffff")).text
    logo = follow(organiser, send(organiser, b"GIF89a", colour="#a3262a")).text

    assert look(database, event) == before
    assert 'id="colour" name="colour" type="color" value="#ffffff" aria-invalid="true"' in colour
    assert 'id="colour" name="colour" type="color" value="#a3262a">' in logo


def test_a_logo_that_takes_too_much_is_answered_by_what_to_do(
    organiser, database, event, monkeypatch
):
    def devour(_logo):
        raise LookRefused(LookError(LookProblem.TAKES_TOO_MUCH, "", "too much"))

    monkeypatch.setattr("checkin.worker.work.look.printable_logo", devour)

    assert "enregistrez-le en PNG" in follow(organiser, send(organiser, LOGO)).text
    assert look(database, event).logo is None


def test_while_a_logo_is_checked_the_page_says_so_and_it_can_be_canceled(
    organiser, app, database, monkeypatch
):
    keep_jobs_waiting(app, monkeypatch)

    page = follow(organiser, send(organiser, LOGO)).text

    assert "data-going" in page
    assert "/jobs/1/cancel" in page


def test_what_others_change_while_a_logo_is_checked_stays(
    organiser, app, database, event, settings, monkeypatch
):
    keep_jobs_waiting(app, monkeypatch)
    send(organiser, LOGO, colour=look(database, event).colour)  # as the form shows it
    organiser.send(PAGE, colour="#a3262a")

    do_waiting_jobs(database, KEYS, settings)

    assert look(database, event).logo is not None
    assert look(database, event).colour == "#a3262a"


def test_an_upload_over_the_server_s_limit_is_reported(organiser, app):
    app.config["MAX_CONTENT_LENGTH"] = 10_000

    answer = send(organiser, a_png((20, 20)) + b" " * 10_000)

    assert answer.status_code == 413
    assert "trop volumineux" in answer.text
