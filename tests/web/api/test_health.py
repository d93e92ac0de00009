"""Metrics are shown to this machine, and to requests with the token of the settings."""

from __future__ import annotations

import os

import pytest
from pydantic import ValidationError

from checkin.settings import Settings

TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture
def settings(settings, request):
    return settings.model_copy(update={"metrics_token": getattr(request, "param", TOKEN)})


def asked(app, address="127.0.0.1", **headers):
    reply = app.test_client().get(
        "/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address}
    )
    return reply.status_code, (reply.json or {}).get("error")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_reads_metrics_without_a_token(address, app):
    assert asked(app, address) == (200, None)


@pytest.mark.parametrize("address", ["192.168.1.7", "fe80::1", ""])
def test_another_machine_needs_the_token_to_read_metrics(address, app):
    assert asked(app, address) == (401, "unauthenticated")
    assert asked(app, address, Authorization=f"Bearer {TOKEN}") == (200, None)


@pytest.mark.parametrize("settings", [""], indirect=True)
def test_without_a_token_another_machine_reads_nothing(app):
    assert asked(app, "192.168.1.7") == (403, "forbidden")
    assert asked(app, "192.168.1.7", Authorization="Bearer ") == (403, "forbidden")


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_a_request_through_a_proxy_does_not_count_as_this_machine(name, app):
    assert asked(app, **{name: "41.0.0.9"}) == (401, "unauthenticated")
    passed_on = {name: "41.0.0.9", "Authorization": f"Bearer {TOKEN}"}
    assert asked(app, **passed_on) == (200, None)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "127.8.0.1", "[::1]", "[::1]:8000"]
)
def test_this_machine_reads_metrics_under_its_own_names_only(host, app):
    assert asked(app, Host=host) == (200, None)


@pytest.mark.parametrize(
    "host",
    [
        "checkin.example.org",  # a proxy that adds nothing
        "rebound.example.net:8000",  # a page's own name, which leads to this machine by now
        "localhost.example.net",
        "127.0.0.1.example.net",
        "localhost@rebound.example.net",
        "192.168.1.7:8000",
        "[::1",
        "",
    ],
)
def test_whoever_asks_for_another_host_needs_the_token(host, app):
    assert asked(app, Host=host) == (401, "unauthenticated")
    assert asked(app, Host=host, Authorization=f"Bearer {TOKEN}") == (200, None)


@pytest.mark.parametrize("shown", ["Bearer wrong", "Basic YTpi", f"bearer {TOKEN}é"])
def test_a_wrong_token_is_refused_wherever_it_comes_from(shown, app):
    refused = {asked(app, at, Authorization=shown) for at in ("192.168.1.7", "10.0.0.1")}

    assert refused == {(401, "unauthenticated")}


def test_a_short_metrics_token_is_refused_as_a_setting():
    with pytest.raises(ValidationError, match="16 letters"):
        Settings(metrics_token="short")


def test_streams_are_told_by_the_process_that_answers(app, api):
    stream = api.ask("GET", "/live", buffered=False)
    next(stream.iter_encoded())

    told = app.test_client().get("/metrics").text
    stream.close()

    assert f'marhaba_streams{{process="{os.getpid()}"}} 1.0' in told
