"""What browsers, caches and strangers get of every route, beside headers and forms."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from checkin.db.models import Role
from checkin.web.site.permissions import PUBLIC, Audience, open_to, permissions_of
from tests.web.browsing import PASSWORD, Browsing, an_operator
from tests.web.houses import STREAMS, a_house
from tests.web.site.test_security import rules

TEMPLATES = Path(__file__).parents[3] / "templates"
_INPUT = re.compile(r"<input\b[^>]*>")
#: the same for everybody, and part of the program: browsers may keep it
_FILES = {
    *("static", "trust.certificate", "trust.certificate_as_text", "security_txt.show"),
    *("badge_page.keep", "scan_page.scan", "scan_page.worker", "scan_page.decoder"),
}
_ELSEWHERE = {"Origin": "https://evil.example"}


@pytest.fixture
def databases(sqlite_databases):
    """Browsers know nothing of databases."""
    return sqlite_databases


@pytest.fixture
def answers(app, database, signed_in):
    """What every GET route answers an administrator whom another site has sent, by endpoint."""
    chief, house = signed_in(Role.ADMINISTRATOR), a_house(database, "fes-2025", "Fès")
    asked = [rule for rule in rules(app, "GET") if rule.endpoint not in STREAMS]
    answered = {rule.endpoint: chief.open(house.path(rule), headers=_ELSEWHERE) for rule in asked}
    for answer in answered.values():
        answer.get_data()
        answer.close()
    return answered


def test_each_answer_has_its_type_and_stays_with_whom_it_is_for(answers):
    kinds = {name: answer.headers.get("Content-Type", "") for name, answer in answers.items()}
    texts = {name: kind for name, kind in kinds.items() if kind.startswith("text/")}
    shared = {n for n, a in answers.items() if "Access-Control-Allow-Origin" in a.headers}
    kept = {
        name
        for name, answer in answers.items()
        if answer.status_code == 200 and "no-store" not in answer.headers.get("Cache-Control", "")
    }

    assert len(answers) > 60
    assert {name for name, answer in answers.items() if answer.data and not kinds[name]} == set()
    assert {name: kind for name, kind in texts.items() if "charset=utf-8" not in kind} == {}
    assert shared == set()
    assert kept - _FILES == set()


def test_every_page_of_somebody_signed_in_offers_to_sign_out(app, answers):
    of_accounts = {n for n, who in permissions_of(app).items() if not isinstance(who, Audience)}
    pages = {
        name: answer.text
        for name, answer in answers.items()
        if name in of_accounts and answer.mimetype == "text/html" and "<nav" in answer.text
    }

    assert len(pages) > 40
    assert {name for name, page in pages.items() if 'action="/logout"' not in page} == set()


def test_a_fault_of_the_program_shows_nothing_of_itself(app, caplog):
    def broken() -> None:
        raise RuntimeError("the inside")

    app.testing = False
    open_to(PUBLIC)(broken)
    app.view_functions["sign_in.show"] = broken
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/login")

    assert answer.status_code == 500
    assert re.search("the inside|Traceback|RuntimeError|checkin/", answer.text) is None
    assert "the inside" in caplog.text


@pytest.mark.parametrize(
    "path", ["/static", "/static/", "/static/js/", "/static/../app.py", "/.git/config"]
)
def test_no_folder_is_listed_and_nothing_beside_it_served(app, path):
    assert app.test_client().get(path).status_code in (301, 308, 404)


def test_no_trace_is_answered(app):
    answers = [app.test_client().open(path, method="TRACE") for path in ("/login", "/healthz")]

    assert [answer.status_code for answer in answers] == [405, 405]


def test_a_parameter_counts_in_the_form_alone_and_once(app, database, event):
    an_operator(database, Role.ORGANISER)
    browsing = Browsing(app)
    token, email = browsing.token("/login"), "organiser@example.org"
    twice = MultiDict([("email", email), ("email", "x@example.org"), ("password", PASSWORD)])

    def sent(path, fields):
        fields["csrf_token"] = token
        return browsing._client.post(path, data=fields).status_code

    in_the_address = sent(f"/login?email={email}&password={PASSWORD}", MultiDict())

    assert (in_the_address, sent("/login", twice)) == (401, 302)


def test_no_script_writes_markup_into_a_page():
    written = re.compile(r"(inner|outer)HTML\s*[+]?=[^=]|insertAdjacentHTML|document\.write")
    scripts = list((TEMPLATES.parent / "checkin/static/js").rglob("*.js"))

    assert len(scripts) > 50
    assert [s.name for s in scripts if written.search(s.read_text("utf-8"))] == []


def test_every_field_of_a_password_hides_it_and_may_be_filled_in():
    """By browsers and password managers, which go by `autocomplete`; nothing forbids to paste."""
    pages = {path.name: path.read_text("utf-8") for path in TEMPLATES.rglob("*.html")}
    fields = [
        field
        for page in pages.values()
        for field in _INPUT.findall(page)
        if re.search(r'autocomplete="(current|new)-password"|name="\w*password', field)
    ]
    amiss = [f for f in fields if 'type="password"' not in f or "-password" not in f]
    scripts = (TEMPLATES.parent / "checkin/static/js").rglob("*.js")

    assert len(fields) >= 4
    assert amiss == []
    assert [s.name for s in scripts if '"paste"' in s.read_text("utf-8")] == []
