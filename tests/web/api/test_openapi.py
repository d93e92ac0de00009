"""The description of the API is valid, and the API does what it says."""

from __future__ import annotations

import os
import re
from pathlib import Path
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from checkin.app import create_app
from checkin.db.engine import Database
from checkin.services.limits.in_memory import MemoryCounters
from checkin.settings import Settings
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.hub_client import HubApi

ROOT = Path(__file__).parents[3]
#: written as a text of its own
_OUR_HEADER = re.compile('"(Marhaba-[A-Za-z-]+)"')
#: requests to each operation
EXAMPLES = int(os.environ.get("MARHABA_API_EXAMPLES", "12"))
#: the stream never ends; tests/web/api/test_counts.py has its test
ENDLESS = "/api/v1/live"
#: a body may fit the description and mean nothing: three signs that are no letters, the year 9999
JUDGED_BY_MEANING = {
    ("post", "/api/v1/devices/pair"),
    ("post", "/api/v1/devices/wiped"),  # the device that asks is in use
    ("post", "/api/v1/devices/return"),  # a name of spaces is none
    ("post", "/api/v1/kiosk"),  # a supervisor's PIN ends it
    ("post", "/api/v1/scans"),
    ("post", "/api/v1/scans/batch"),
    ("post", "/api/v1/scans/{scan_id}/annul"),
    ("post", "/api/v1/buses/open"),
    ("post", "/api/v1/buses/annul"),
    ("get", "/api/v1/participants"),
    ("post", "/api/v1/participants/search"),
    ("post", "/api/v1/participants"),
    ("post", "/api/v1/people-list/shown"),
    ("get", "/api/v1/status"),
    ("post", "/api/v1/hubs/pair"),
    ("post", "/api/v1/hub/mirror/pages"),  # a table that no hub is told of
    ("post", "/api/v1/hub/scans"),
    ("post", "/api/v1/hub/walk-ins"),
    ("post", "/api/v1/hub/annulments"),
    ("post", "/api/v1/hub/report"),
    ("get", "/api/v1/hub/arrivals"),
}
CONTRACT = {
    ("post", "/api/v1/devices/pair"),
    ("post", "/api/v1/devices/return"),
    ("post", "/api/v1/devices/wiped"),
    ("post", "/api/v1/scans"),
    ("post", "/api/v1/scans/batch"),
    ("post", "/api/v1/scans/{scan_id}/annul"),
    ("post", "/api/v1/buses/open"),
    ("post", "/api/v1/buses/annul"),
    ("post", "/api/v1/kiosk"),
    ("post", "/api/v1/help"),
    ("post", "/api/v1/leases"),
    ("delete", "/api/v1/leases"),
    ("get", "/api/v1/participants"),
    ("post", "/api/v1/participants/search"),
    ("post", "/api/v1/participants"),
    ("get", "/api/v1/gate-list"),
    ("get", "/api/v1/gate-list/segments/{marks}"),
    ("get", "/api/v1/people-list"),
    ("get", "/api/v1/people-list/pages"),
    ("post", "/api/v1/people-list/shown"),
    ("post", "/api/v1/participants/{participant_id}/badge"),
    ("get", "/api/v1/status"),
    ("get", ENDLESS),
    ("post", "/api/v1/hubs/pair"),
    ("get", "/api/v1/hubs"),
    ("get", "/api/v1/hub/mirror"),
    ("post", "/api/v1/hub/mirror/pages"),
    ("get", "/api/v1/hub/arrivals"),
    ("get", "/api/v1/hub/gate-list"),
    ("post", "/api/v1/hub/scans"),
    ("post", "/api/v1/hub/walk-ins"),
    ("post", "/api/v1/hub/annulments"),
    ("post", "/api/v1/hub/lease"),
    ("delete", "/api/v1/hub/lease"),
    ("post", "/api/v1/hub/report"),
    ("post", "/api/v1/hub/wiped"),
    ("get", "/api/v1/read/token"),
    ("get", "/api/v1/read/counts"),
    ("get", "/api/v1/read/people"),
    ("get", "/api/v1/read/arrivals"),
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
}


@pytest.fixture(scope="module")
def served(sqlite_databases, tmp_path_factory):
    """An application that answers many requests, its device's token, and its hub's."""
    home = tmp_path_factory.mktemp("openapi")
    with sqlite_databases.fresh(home) as url:
        database = Database(url)
        event = factories.an_event(database)
        factories.badges(database, event, 3)
        token = factories.a_new_device(database, event).token
        key = factories.MASTER_KEY.hex()
        app = create_app(Settings(home=home, database_url=url, master_key=key))
        yield app, token, HubApi.of(app, database, event).token
        app.extensions[EXTENSION].live.close()
        app.extensions[EXTENSION].database.dispose()
        database.dispose()


@pytest.fixture(scope="module")
def schema(served):
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", served[0])


def test_the_description_is_valid_openapi_3_1(served):
    described = served[0].test_client().get("/api/v1/openapi.json").json

    assert described["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(described).validate()


def test_the_description_names_every_operation_of_the_contract(served):
    paths = served[0].test_client().get("/api/v1/openapi.json").json["paths"]

    assert {(method, path) for path, of in paths.items() for method in of} == CONTRACT


def test_every_operation_but_pairing_and_health_asks_for_a_token(served):
    paths = served[0].test_client().get("/api/v1/openapi.json").json["paths"]

    open_to_all = {path for path, of in paths.items() for o in of.values() if not o.get("security")}
    assert open_to_all == {"/api/v1/devices/pair", "/api/v1/hubs/pair", "/healthz", "/readyz"}


def test_every_post_describes_its_body_and_what_it_answers(served):
    paths = served[0].test_client().get("/api/v1/openapi.json").json["paths"]

    posts = {path: of["post"] for path, of in paths.items() if "post" in of}
    assert {path: o["requestBody"]["required"] for path, o in posts.items()} == dict.fromkeys(
        posts, True
    )
    assert [path for path, o in posts.items() if not {"200", "201"} & set(o["responses"])] == []


def headers_in(operation):
    """The names of the headers that an operation describes, in requests and in answers."""
    asked = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}
    return asked.union(*(of.get("headers", ()) for of in operation["responses"].values()))


def test_the_description_names_every_header_of_ours_that_the_code_names(served):
    paths = served[0].test_client().get("/api/v1/openapi.json").json["paths"]
    sources = [
        file
        for folder, ending in (("checkin", "py"), ("scanner", "py"), ("checkin/static/js", "js"))
        for file in (ROOT / folder).rglob(f"*.{ending}")
    ]
    named = {
        name for file in sources for name in _OUR_HEADER.findall(file.read_text(encoding="utf-8"))
    }

    described = set().union(*(headers_in(o) for of in paths.values() for o in of.values()))
    assert {name for name in described if name.startswith("Marhaba-")} == named
    assert len(named) == 6


def plain_scan():
    """A scan that every gate may send: a badge that nobody has."""
    return {
        "scan_id": str(uuid4()),
        "badge_ref": "0" * 32,
        "type": "entry",
        "scanned_at": "2025-06-14T15:00:00Z",
        "source": "camera",
    }


def batch_of(scan):
    """A batch of one scan, with what the gate answered."""
    decided = {"status": "error", "reason": None}
    return {"device_time": "2025-06-14T15:00:00Z", "scans": [{**scan, "decided": decided}]}


#: whether chance sends a scan that is accepted depends on the version of the generator
ALWAYS_SENT = {"/api/v1/scans": plain_scan, "/api/v1/scans/batch": lambda: batch_of(plain_scan())}


def test_what_a_device_is_answered_has_the_headers_that_are_described(served):
    app, token, _ = served
    paths = app.test_client().get("/api/v1/openapi.json").json["paths"]
    asked = {"Authorization": f"Bearer {token}", "Marhaba-Nonce": "n" * 16}
    answers = {
        ("/api/v1/scans/batch", "200"): batch_of(plain_scan()),
        ("/api/v1/scans/batch", "400"): {},
        ("/api/v1/scans", "400"): {},
    }
    for (path, status), body in answers.items():
        reply = app.test_client().post(path, json=body, headers=asked)

        ours = {name for name, _ in reply.headers if name.startswith("Marhaba-")}
        assert str(reply.status_code) == status
        assert set(paths[path]["post"]["responses"][status]["headers"]) == ours


#: a scan names somebody by one of these
WHO = ("code", "participant_id", "badge_ref")


def make_plausible(body):
    """Give scans a moment of this century and one name, overrides a reason: chance hardly does."""
    if not isinstance(body, dict):
        return
    for moment in {"scanned_at", "device_time", "hub_time", "corrected_at", "at"} & set(body):
        body[moment] = "2025-06-14T15:00:00Z"
    if body.get("force"):
        body["force_reason"] = "son frère répond"
    for other in [name for name in WHO if name in body][1:]:
        del body[other]
    for each in ("scans", "walk_ins", "annulments"):
        for one in body.get(each, ()):
            make_plausible(one)


#: asked by devices whose token a restored database does not know
OF_UNKNOWN_TOKENS = {"/api/v1/devices/return"}
OPERATIONS = [(GenerationMode.POSITIVE, *of) for of in sorted(CONTRACT - {("get", ENDLESS)})]
OPERATIONS += [(GenerationMode.NEGATIVE, *of) for of in sorted(CONTRACT) if of[0] == "post"]


@pytest.mark.parametrize(("mode", "method", "path"), OPERATIONS)
def test_the_api_does_what_its_description_says(mode, method, path, schema, served):
    token = served[2] if path.startswith("/api/v1/hub/") else served[1]
    headers = {"Authorization": f"Bearer {token}"}
    beyond = [positive_data_acceptance] if (method, path) in JUDGED_BY_MEANING else []
    beyond += [ignored_auth] if path in OF_UNKNOWN_TOKENS else []
    operation = schema[path][method.upper()]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode))
    def holds(case):
        served[0].extensions[EXTENSION].limits.counters = MemoryCounters()  # none is used up
        if mode == GenerationMode.POSITIVE:
            make_plausible(case.body)
        case.call_and_validate(headers=headers, excluded_checks=beyond)

    holds()

    if mode == GenerationMode.POSITIVE and path in ALWAYS_SENT:
        plain = operation.Case(body=ALWAYS_SENT[path](), media_type="application/json")
        assert plain.call_and_validate(headers=headers).status_code == 200
