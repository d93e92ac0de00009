"""What holds for every route, read from the URL map: a new route is held to it, too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from werkzeug.routing import Rule

from checkin.db.models import Base, Conflict, Operator, Role
from checkin.domain.verdicts import Status
from checkin.services.operator_desk import disable
from checkin.services.permissions import PERMISSIONS, Audience
from checkin.services.scan_log import Decided
from checkin.web.state import API
from tests import factories
from tests.factories import KEYS, NOW, write
from tests.web.pages.browsing import PASSWORD, Browsing, an_operator

TEMPLATES = Path(__file__).parents[3] / "templates"
_FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.S)
#: what every answer of the pages says to browsers
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: its answer never ends
_STREAMS = {"organiser.board_live", "api.lists.stream_counts"}


@dataclass(frozen=True)
class House:
    """An event with one of everything, and the numbers by which routes name them."""

    slug: str
    numbers: dict[str, int]

    def path(self, rule: Rule, **other: object) -> str:
        values = {
            "slug": self.slug,
            "code": "fr",
            "secret": "nobodys",
            "filename": "icon.svg",
            "step": "rehearsal",
            "scan_id": uuid4(),
            "operator_id": 999,
            "session_id": 999,
            **self.numbers,
            **other,
        }
        return rule.build({name: values[name] for name in rule.arguments})[1]


def a_house(database, slug: str, name: str) -> House:
    """Make an event whose things are all called `name`."""
    event = factories.an_event(database, slug)
    write(
        database,
        lambda s: s.execute(
            text(
                "UPDATE event SET name = :n, name_ar = :n, venue = :n, organiser = :n WHERE id = :i"
            ),
            {"n": name, "i": event.id},
        ),
    )
    delegation = factories.a_delegation(database, event, name, quota=20)
    category = factories.a_category(database, event, name)
    person = factories.a_participant(
        database, event, name, delegation=delegation, category=category, name_ar=name
    )
    bus = factories.a_bus(database, delegation, name)
    device = factories.a_device(database, event, name)
    code = factories.code_of(event, person.badge_id)
    factories.scan(database, device, code)
    factories.scan(database, device, code, decided=Decided(Status.OK, None))
    with database.read() as session:
        conflict = session.scalars(select(Conflict).order_by(Conflict.id.desc())).first()
        gate = session.scalar(text("SELECT gate_id FROM device WHERE id = :i"), {"i": device.id})
    numbers = {
        "delegation_id": delegation.id,
        "participant_id": person.participant_id,
        "bus_id": bus.id,
        "device_id": device.id,
        "gate_id": gate,
        "category_id": category.id,
        "conflict_id": conflict.id,
    }
    return House(slug, numbers)


def rules(app, method: str) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]


def takes_cookies(rule: Rule) -> bool:
    return PERMISSIONS[rule.endpoint] not in (Audience.DEVICE, Audience.LINK)


def contents(database, tables=None) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table))]
            for table in Base.metadata.sorted_tables
            if tables is None or table.name in tables
        }


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.ADMINISTRATOR)


@pytest.mark.parametrize("who", ["administrator", "stranger"])
def test_every_page_forbids_what_it_does_not_need(app, database, chief, who):
    house = a_house(database, "fes-2025", "Fès")
    browsing = chief if who == "administrator" else Browsing(app)
    asked = [rule for rule in rules(app, "GET") if rule.endpoint not in _STREAMS]

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
    asked = [r for r in app.extensions[API].url_map.iter_rules() if r.endpoint not in _STREAMS]

    for rule in asked:
        path = rule.build({"scan_id": uuid4()} if "scan_id" in rule.arguments else {})[1]
        method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        answer = app.test_client().open(path, method=method)
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'", rule.rule
        assert answer.headers["X-Content-Type-Options"] == "nosniff", rule.rule


def test_no_page_takes_a_form_without_its_token(app, database, chief):
    house = a_house(database, "fes-2025", "Fès")
    before = contents(database)

    statuses = {
        rule.rule: chief.send_without_token(
            house.path(rule, operator_id=1, session_id=1)
        ).status_code
        for rule in rules(app, "POST")
        if takes_cookies(rule)
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

    assert without == ["decline.html"]


def test_what_is_too_large_is_refused_before_it_is_read(app, database, chief):
    house = a_house(database, "fes-2025", "Fès")
    large = b"name=" + b"x" * (11 * 2**20)  # spreadsheets may have ten

    statuses = {
        rule.rule: chief.send_body(
            house.path(rule), large, "application/x-www-form-urlencoded"
        ).status_code
        for rule in rules(app, "POST")
        if takes_cookies(rule)
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
        and not isinstance(PERMISSIONS[rule.endpoint], Audience)
        and Role.COORDINATOR in PERMISSIONS[rule.endpoint]
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
    chief.send("/events/evil/stop", message_fr=EVIL, message_ar=EVIL, message_en=EVIL)

    shown = 0
    for rule in rules(app, "GET"):
        if rule.endpoint in _STREAMS:
            continue
        answer = chief.open(house.path(rule, operator_id=1))
        if answer.mimetype == "text/html":
            assert "<script>alert" not in answer.text, rule.rule
            assert "<img src=x" not in answer.text, rule.rule
            shown += "&lt;script&gt;alert(1)" in answer.text
        answer.close()

    assert shown > 20


def test_signing_in_gives_a_session_that_nobody_knew_before(app, database, event):
    an_operator(database, Role.ORGANISER)
    browsing = Browsing(app)
    browsing.open("/login")
    planted = browsing._client.get_cookie("session").value

    browsing.sign_in("organiser@example.org", PASSWORD)
    first = browsing.session()["_user_id"]
    browsing.send("/", "/logout")
    browsing.sign_in("organiser@example.org", PASSWORD)

    assert browsing.session()["_user_id"] != first
    thief = app.test_client()
    thief.set_cookie("session", planted)
    assert thief.get("/").status_code == 302


def test_the_cookie_is_kept_from_scripts_and_other_sites(app, database, event):
    an_operator(database, Role.ORGANISER)
    answer = Browsing(app).sign_in("organiser@example.org", PASSWORD)

    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_disabled_account_is_refused_as_an_unknown_one(app, database, chief):
    viewer = an_operator(database, Role.VIEWER)
    write(database, lambda s: disable(s, s.get_one(Operator, viewer.id), now=NOW, by=None))

    def told(email):
        answer = Browsing(app).sign_in(email, PASSWORD)
        lines = answer.text.replace(email, "").splitlines()
        return answer.status_code, [line for line in lines if "csrf_token" not in line]

    assert told("viewer@example.org") == told("nobody@example.org")


def test_guessing_from_one_address_is_slowed_down_whatever_the_account(app, database):
    answers = [Browsing(app).sign_in(f"{n}@example.org", PASSWORD).status_code for n in range(61)]

    assert answers == [401] * 60 + [429]


@pytest.mark.parametrize("door", ["/login", "/login/code"])
@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_address_leads_to_another_site(app, chief, door, elsewhere):
    assert chief.open(f"{door}?next={elsewhere}").location in ("/", "/login")
    page = chief.read(f"/?lang=ar&next={elsewhere}")
    assert 'href="//evil' not in page


def test_a_secret_of_an_hour_ago_is_no_secret_of_now(database):
    """Addresses that people are sent hold 120 bits and more, and not the time they were made."""
    from checkin.services.password_links import LinkPurpose, issue_link

    operator = an_operator(database, Role.VIEWER)
    made = {
        write(
            database,
            lambda s: issue_link(
                s, s.get_one(Operator, operator.id), LinkPurpose.RESET, now=datetime.now(UTC)
            ),
        ).secret
        for _ in range(20)
    }

    assert len(made) == 20
    assert all(len(secret) == 32 and KEYS.sessions.hex() not in secret for secret in made)
