"""Security rules for every route of the URL map, new ones included."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from werkzeug.routing import Rule

from checkin.db.models import Base, Role
from checkin.web.site.permissions import Audience, permissions_of
from checkin.web.site.state import API
from checkin.words.languages import LANGUAGES
from tests.support import factories
from tests.support.factories import write
from tests.web.browsing import Browsing
from tests.web.houses import STREAMS, House, a_house

TEMPLATES = Path(__file__).parents[3] / "templates"
_FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.S)
#: what every answer of the pages says to browsers
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: what every answer of the device API says to browsers
OF_THE_API = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
#: its answer never ends


def rules(app, method: str) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]


def takes_cookies(app, rule: Rule) -> bool:
    return permissions_of(app)[rule.endpoint] not in (Audience.DEVICE, Audience.LINK)


def contents(database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table))]
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.ADMINISTRATOR)


@pytest.mark.parametrize("who", ["administrator", "stranger"])
def test_every_page_forbids_what_it_does_not_need(app, database, chief, who):
    house = a_house(database, "fes-2025", "Fès")
    browsing = chief if who == "administrator" else Browsing(app)
    asked = [rule for rule in rules(app, "GET") if rule.endpoint not in STREAMS]

    amiss = {}
    for rule in asked:
        answer = browsing.open(house.path(rule))
        policy = answer.headers.get("Content-Security-Policy", "")
        if {name: answer.headers.get(name) for name in HEADERS} != HEADERS:
            amiss[rule.rule] = dict(answer.headers)
        if "default-src" not in policy or "'unsafe-eval'" in policy:
            amiss[rule.rule] = policy
        if "'unsafe-inline'" in policy and "sandbox" not in policy:
            amiss[rule.rule] = policy
        answer.close()

    assert len(asked) > 40
    assert amiss == {}


def test_the_api_answers_nothing_that_a_browser_would_run(app, api):
    asked = [r for r in app.extensions[API].url_map.iter_rules() if r.endpoint not in STREAMS]

    for rule in asked:
        known = {"scan_id": uuid4(), "participant_id": 1, "marks": "a"}
        path = rule.build(known, append_unknown=False)[1]
        method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        answer = app.test_client().open(path, method=method)
        assert {name: answer.headers.get(name) for name in OF_THE_API} == OF_THE_API, rule.rule


def test_no_page_takes_a_form_without_its_token(app, database, chief):
    house = a_house(database, "fes-2025", "Fès")
    before = contents(database)

    statuses = {
        rule.rule: chief.send_without_token(
            house.path(rule, operator_id=1, session_id=1)
        ).status_code
        for rule in rules(app, "POST")
        if takes_cookies(app, rule)
    }

    assert len(statuses) > 40
    assert {rule: status for rule, status in statuses.items() if status != 400} == {}
    assert contents(database) == before


def test_every_form_of_every_template_has_its_token():
    """But for those of addresses whose secret is the permission: no cookie is looked at there."""
    without = [
        path.name
        for path in TEMPLATES.rglob("*.html")
        for form in _FORM.findall(path.read_text("utf-8"))
        if "csrf" not in form
    ]

    assert sorted(without) == ["badge_page.html", "decline.html"]


def test_what_is_too_large_is_refused_before_it_is_read(app, database, chief):
    house = a_house(database, "fes-2025", "Fès")
    large = b"name=" + b"x" * (11 * 2**20)  # spreadsheets may have ten

    statuses = {
        rule.rule: chief.send_body(
            house.path(rule), large, "application/x-www-form-urlencoded"
        ).status_code
        for rule in rules(app, "POST")
        if takes_cookies(app, rule)
    }

    assert {rule: status for rule, status in statuses.items() if status != 413} == {}


def test_nothing_of_another_event_is_reached_by_its_number(app, database, chief):
    """Every route that names an event and something in it, with a number of another event's."""
    here, there = a_house(database, "here", "Ici"), a_house(database, "there", "Ailleurs")
    before = contents(database)
    crossed = [
        rule for rule in app.url_map.iter_rules() if "slug" in rule.arguments and _names(rule)
    ]

    answered = {}
    for rule in crossed:
        path = House(here.slug, there.numbers).path(rule)
        if "GET" in rule.methods:
            answered[rule.rule] = chief.open(path).status_code
        else:
            answered[rule.rule] = chief.send("/operators", path, name="x").status_code

    assert len(crossed) > 30
    assert {rule: status for rule, status in answered.items() if status not in (400, 404)} == {}
    changed = {t for t, rows in contents(database).items() if rows != before[t]}
    assert changed <= {"operator_session"}


def _names(rule: Rule) -> bool:
    return any(name.endswith("_id") for name in rule.arguments)


def test_a_coordinator_reaches_nothing_of_another_delegation(
    app, database, event, delegation, coordinator
):
    """Every route that a coordinator may use, with a number of another delegation's."""
    house = a_house(database, "there", "Ailleurs")
    other = factories.a_delegation(database, event, "Tiflet")
    person = factories.a_participant(database, event, "Nadia Tazi", delegation=other)
    bus = factories.a_bus(database, other)
    numbers = {
        **house.numbers,
        "delegation_id": other.id,
        "participant_id": person.participant_id,
        "bus_id": bus.id,
    }
    open_to_them = [
        rule
        for rule in app.url_map.iter_rules()
        if "slug" in rule.arguments
        and _names(rule)
        and isinstance(allowed := permissions_of(app)[rule.endpoint], frozenset)
        and Role.COORDINATOR in allowed
    ]
    before = contents(database)

    answered = {}
    for rule in open_to_them:
        path = House(event.slug, numbers).path(rule)
        if "GET" in rule.methods:
            answer = coordinator.open(path)
        else:
            answer = coordinator.send(
                f"/events/{event.slug}/participants/new", path, name="x", do="approve"
            )
        answered[rule.rule] = answer.status_code
        assert "Nadia" not in answer.text

    assert len(open_to_them) > 20
    assert {
        rule: status for rule, status in answered.items() if status not in (400, 403, 404)
    } == {}
    changed = {t for t, rows in contents(database).items() if rows != before[t]}
    assert changed <= {"operator_session"}


EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"


def test_a_stored_name_is_text_on_every_page(app, database, chief):
    house = a_house(database, "evil", EVIL)
    write(database, lambda s: s.execute(text("UPDATE operator SET name = :n"), {"n": EVIL}))
    chief.send("/events/evil/stop", **{f"message_{language}": EVIL for language in LANGUAGES})

    shown = 0
    for rule in rules(app, "GET"):
        if rule.endpoint in STREAMS:
            continue
        answer = chief.open(house.path(rule, operator_id=1))
        if answer.mimetype == "text/html":
            assert "<script>alert" not in answer.text, rule.rule
            assert "<img src=x" not in answer.text, rule.rule
            shown += "&lt;script&gt;alert(1)" in answer.text
        answer.close()

    assert shown > 20
