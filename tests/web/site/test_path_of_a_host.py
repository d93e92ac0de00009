"""The server under a path of its host, behind proxies that strip or keep the path."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from checkin.db.models import Role
from checkin.settings import Settings
from checkin.web.site.state import API
from tests.support import factories
from tests.web.browsing import PASSWORD, Browsing, an_operator
from tests.web.houses import STREAMS, a_house

STATIC = Path(__file__).parents[3] / "checkin" / "static"
PUBLIC = "http://event.example.org/marhaba"
#: every attribute that holds a path: href, src, action, data-…
_PATHS = re.compile(r'\s[a-z-]+="(/[^"]*)"')
_COMMENT = re.compile(r"//.*$|^\s*/?\*.*$", re.M)


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=database_url,
        master_key=factories.MASTER_KEY.hex(),
        base_url=PUBLIC,
        second_factor="optional",
    )


@pytest.fixture(params=["left", "taken off"])
def app(request, app):
    """The application behind a proxy that leaves the path, or takes it off."""
    if request.param == "taken off":
        app.wsgi_app = taking_off("/marhaba", app.wsgi_app)
    return app


def taking_off(prefix, app):
    """Return `app` as a proxy has it that passes on what follows `prefix`, and nothing else."""

    def proxy(environ, start_response):
        assert environ["PATH_INFO"].startswith(prefix + "/"), environ["PATH_INFO"]
        return app(
            {**environ, "PATH_INFO": environ["PATH_INFO"].removeprefix(prefix)}, start_response
        )

    return proxy


@pytest.fixture
def chief(app, database, event):
    """An administrator's browser."""
    an_operator(database, Role.ADMINISTRATOR)
    browsing = Browsing(app)
    answer = browsing.send("/marhaba/login", email="administrator@example.org", password=PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/marhaba/")
    return browsing


def test_every_address_on_every_page_is_below_the_path(app, database, chief):
    house = a_house(database, "fes-2025", "Fès")

    found, amiss = 0, {}
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in STREAMS or rule.endpoint == "static":
            continue
        answer = chief.open("/marhaba" + house.path(rule, operator_id=1))
        paths = _PATHS.findall(answer.text) if answer.mimetype == "text/html" else []
        paths += [answer.location] if answer.location else []
        found += len(paths)
        wrong = [path for path in paths if not path.startswith("/marhaba/")]
        if wrong:
            amiss[rule.rule] = wrong
        answer.close()

    assert found > 500
    assert amiss == {}


def test_no_script_names_a_path_of_ours_from_the_root():
    """Scripts ask `ROOT`, or beside themselves; a page's own addresses come with the page."""
    found = {
        f"{file.relative_to(STATIC)}: {path}"
        for file in STATIC.glob("js/**/*.js")
        for path in re.findall(
            r"[\"'`(](/[a-z][^\"'`)]*)", _COMMENT.sub("", file.read_text("utf-8"))
        )
    }

    # Compared with: where we are alone on our host, what is kept has its short name.
    assert found == {"js/scan/camera/page-worker.js: /scan"}


def test_no_style_names_a_path_from_the_root():
    for file in STATIC.glob("css/*.css"):
        assert not re.findall(r"url\([\"']?/", file.read_text("utf-8")), file.name


def test_signing_in_leads_back_to_the_page_that_was_asked_for(app, database, event):
    an_operator(database, Role.ADMINISTRATOR)
    browsing = Browsing(app)

    asked = browsing.open("/marhaba/activity?page=2")
    assert asked.location == "/marhaba/login?next=/marhaba/activity?page%3D2"
    answer = browsing.send(asked.location, email="administrator@example.org", password=PASSWORD)

    assert answer.location == "/marhaba/activity?page=2"


def test_signing_out_leads_to_the_sign_in_below_the_path(chief):
    answer = chief.send("/marhaba/account", "/marhaba/logout")

    assert (answer.status_code, answer.location) == (302, "/marhaba/login")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "/",
        "/other",
        "/marhabax/login",
        "/marhaba/../other",
        "/marhaba/%2e%2e/other",
        "/marhaba/..%2Fother",
        "/marhaba/x\\..\\..\\other",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/marhaba/",
        "/marhaba\n/",
    ],
)
def test_no_address_leads_out_of_the_path(chief, elsewhere):
    answer = chief.open("/marhaba/login", query_string={"next": elsewhere})

    assert answer.location == "/marhaba/"


def test_the_cookie_goes_to_no_other_site_of_the_host(app):
    [cookie] = Browsing(app).open("/marhaba/login").headers.getlist("Set-Cookie")

    assert "Path=/marhaba" in cookie.split("; ")


def test_the_worker_of_the_scan_page_keeps_what_is_below_the_path(app, event):
    answer = Browsing(app).open("/marhaba/scan/worker.js")

    assert answer.headers["Service-Worker-Allowed"] == "/marhaba/scan"
    kept = json.loads(answer.text.partition(";\n")[0].removeprefix("const PRECACHE = "))
    assert kept["page"] == "/marhaba/scan"
    assert kept["pages"]["ar"] == "/marhaba/scan?lang=ar"
    assert {path for path in kept["files"] if not path.startswith("/marhaba/")} == set()


def test_the_description_of_the_api_names_where_it_is_and_nobodys_host(app):
    browsing = Browsing(app)

    described = browsing.open("/marhaba/api/v1/openapi.json", headers={"Host": "evil.example"})

    assert described.json["servers"] == [{"url": "/marhaba"}]
    assert app.extensions[API].spec["servers"] == [{"url": "/"}]


def test_no_answer_takes_the_name_it_was_asked_by_for_its_own(app, database, chief):
    """Who asks may call us anything; what leaves is below the public address."""
    house = a_house(database, "fes-2025", "Fès")

    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint not in STREAMS:
            path = "/marhaba" + house.path(rule, operator_id=1)
            with chief.open(path, headers={"Host": "evil.example"}) as answer:
                assert b"evil.example" not in answer.data, rule.rule
                assert "evil.example" not in str(answer.headers), rule.rule
