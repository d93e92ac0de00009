"""`deploy/site` makes a proxy's configuration for any address, and the proxies take it."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
import requests

from tests.deploy.commands import DEPLOY
from tests.support import factories
from tests.support.api_client import a_scan
from tests.support.others import reverse_proxies

ADDRESSES = ("https://checkin.rabat.example", "https://rabat.example/a/b-c", "https://r.example/m/")
CADDY, NGINX = reverse_proxies.CADDY, reverse_proxies.NGINX


@pytest.fixture
def databases(sqlite_databases):
    """Proxies see no difference between databases."""
    return sqlite_databases


def site(*arguments):
    return subprocess.run(
        [DEPLOY / "site", *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_caddy_takes_the_site_of_an_address(address, tmp_path):
    made = site("caddy", address)
    (tmp_path / "Caddyfile").write_text(made.stdout)

    taken = subprocess.run(
        [CADDY, "validate", "--adapter", "caddyfile", "--config", tmp_path / "Caddyfile"],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert taken.returncode == 0, taken.stderr
    assert_is_about(address, made.stdout)


@pytest.mark.parametrize("address", ADDRESSES)
def test_nginx_takes_the_site_of_an_address(address, tmp_path):
    certificate, key = reverse_proxies.certificate(tmp_path)
    made = site("nginx", address, certificate, key)
    log = made.stdout.replace("/var/log/nginx/", f"{tmp_path}/")
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{log}}}\n")

    taken = subprocess.run(
        [NGINX, "-t", "-q", "-e", tmp_path / "error.log", "-c", tmp_path / "nginx.conf"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert taken.returncode == 0, taken.stderr
    assert_is_about(address, made.stdout)


def assert_is_about(address, text):
    """The configuration names this address and path, and no longer those of the example."""
    said = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    path = "/" + address.removeprefix("https://").partition("/")[2].strip("/")
    assert address.split("/")[2] in said
    assert f" {path.rstrip('/')}/" in said
    assert "example.org" not in said
    assert "/marhaba/" not in said


@pytest.mark.parametrize(
    "address",
    [
        "checkin.example.org",
        "http://a.example",
        "https://a.example:8443",
        "https://a.example/ü",
        "https://",
    ],
)
def test_an_address_that_no_site_can_have_is_refused(address):
    refused = site("caddy", address)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"{address} is not like https://checkin.example.org" in refused.stderr


@pytest.mark.parametrize(
    "arguments", [(), ("apache", "https://a.example"), ("nginx", "https://a.example")]
)
def test_other_words_show_how_it_is_used(arguments):
    assert site(*arguments).returncode == 2


def test_both_proxies_are_where_the_tests_look():
    assert shutil.which(CADDY or "")
    assert shutil.which(NGINX or "")


@pytest.mark.parametrize("path", ["", "/a/b"])
@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_a_badge_is_scanned_through_the_site_of_any_path(
    kind, path, database_url, database, event, tmp_path
):
    code, device = factories.a_badge(database, event), factories.a_new_device(database, event)
    files = [
        f"/etc/ssl/{name}"
        for name in ("certs/checkin.example.org.pem", "private/checkin.example.org.key")
    ]
    made = site(kind, f"https://checkin.example.org{path}", *(files if kind == "nginx" else []))
    run = getattr(reverse_proxies, kind)

    with (
        reverse_proxies.served_to_proxies(database_url, tmp_path, path) as server,
        run(tmp_path, server.port, text=made.stdout, prefix=path) as proxy,
    ):
        answer = requests.post(
            f"{proxy.url}/api/v1/scans",
            json=a_scan(code),
            headers={"Authorization": f"Bearer {device.token}"},
            verify=str(proxy.trust),
            timeout=20,
        )
        figures = requests.get(f"{proxy.url}/metrics", verify=str(proxy.trust), timeout=20)

    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert figures.status_code == 404
