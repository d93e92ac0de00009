"""compose.yaml: each service, file, setting, command, port and address in it exists."""

from __future__ import annotations

import re
import shutil
import subprocess
from ipaddress import ip_address, ip_network

import pytest
import yaml

from checkin.protocol.version import VERSION
from checkin.settings import load_settings
from tests.deploy.commands import unknown_settings, unknown_words
from tests.support.servers.server_process import ROOT

FILE = (ROOT / "compose.yaml").read_text("utf-8")
COMPOSE = yaml.safe_load(FILE)
SERVICES = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"] == f"marhaba:{VERSION}"}
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
CONDITIONS = {"service_healthy", "service_completed_successfully"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What `deploy/compose` writes, beside copies of what it reads."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    for _ in range(2):
        command = [folder / "deploy" / "compose", "https://checkin.example.org"]
        subprocess.run(command, check=True, capture_output=True)
    return folder


def test_it_is_two_nodes_a_worker_and_what_they_need():
    assert set(OURS) == {"init", "node1", "node2", "worker"}
    assert set(SERVICES) - set(OURS) == {"postgres", "caddy", "redis"}
    assert [name for name, one in SERVICES.items() if one.get("profiles")] == ["redis"]


def test_no_image_is_whatever_is_newest():
    images = [one["image"] for one in SERVICES.values()]
    bases = re.findall(r"^ARG BASE=(\S+)$", DOCKERFILE, re.MULTILINE)

    assert all(re.search(r":[\w.-]*\d|:trixie", image) for image in (*images, *bases))
    assert "latest" not in FILE + DOCKERFILE


def test_the_services_run_commands_of_ours():
    for one in OURS.values():
        assert unknown_words(one["command"]) == set()


def test_the_settings_are_settings_and_fit_together(made):
    settings = (made / "compose" / "settings.env").read_text("utf-8")
    given = dict(re.findall(r"^(CHECKIN_\w+)=(.*)$", settings, re.MULTILINE))
    key = (made / "compose" / "secrets" / "CHECKIN_MASTER_KEY").read_text()

    assert unknown_settings(FILE + settings) == set()
    loaded = load_settings({**given, **OURS["node1"]["environment"], "CHECKIN_MASTER_KEY": key})
    assert loaded.base_url == "https://checkin.example.org"
    [network] = COMPOSE["networks"]["front"]["ipam"]["config"]
    caddy = ip_address(SERVICES["caddy"]["networks"]["front"]["ipv4_address"])
    assert caddy in ip_network(network["subnet"])
    assert [str(one) for one in loaded.trusted_proxies] == [f"{caddy}/32"]


def test_whoever_waits_waits_for_a_service_that_can_become_so():
    for name, one in SERVICES.items():
        for other, on in one.get("depends_on", {}).items():
            assert on["condition"] in CONDITIONS, name
            if on["condition"] == "service_healthy":
                has_its_own = "healthcheck" in SERVICES[other]
                assert has_its_own or other in OURS, (name, other)
            else:
                assert SERVICES[other]["restart"] == "no", (name, other)


def test_each_service_is_watched_or_says_that_it_is_not_and_comes_back():
    for name, one in SERVICES.items():
        assert one["restart"] == ("no" if name == "init" else "unless-stopped")
    watched = {name for name, one in OURS.items() if not one.get("healthcheck", {}).get("disable")}
    assert watched == {"node1", "node2"}


def test_secrets_volumes_networks_and_files_exist(made):
    for name, one in SERVICES.items():
        assert set(one.get("secrets", ())) <= set(COMPOSE["secrets"]), name
        assert set(one["networks"]) <= set(COMPOSE["networks"]), name
        for volume in one.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (made / source).exists(), volume
    for secret in COMPOSE["secrets"].values():
        assert (made / secret["file"]).stat().st_size == 64
    assert (made / OURS["node1"]["env_file"]).exists()
    targets = {one["build"]["target"] for one in SERVICES.values() if "build" in one}
    assert targets == set(re.findall(r"^FROM \S+ AS (\w+)$", DOCKERFILE, re.MULTILINE)) - {
        "program"
    }


def test_each_volume_of_ours_is_a_folder_into_which_the_image_s_account_may_write():
    folders = {volume.split(":")[1] for one in OURS.values() for volume in one.get("volumes", ())}

    assert folders == {"/srv/marhaba/var"}
    assert "/deploy/account /srv/marhaba/var" in DOCKERFILE
    assert "certificates:/var/lib/caddy" in SERVICES["caddy"]["volumes"]
    assert "/deploy/account /var/lib/caddy /config" in DOCKERFILE


def test_caddy_asks_both_nodes_where_they_listen(made):
    caddyfile = (made / "compose" / "Caddyfile").read_text("utf-8")
    [listed] = re.findall(r"^\tto (.*)$", caddyfile, re.MULTILINE)

    nodes = {name for name, one in OURS.items() if one["command"][0] == "run"}
    [port] = re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)
    assert listed.split() == [f"{name}:{port}" for name in sorted(nodes)]
    assert all("front" in SERVICES[name]["networks"] for name in nodes)
    assert all({"--host", "0.0.0.0"} <= set(SERVICES[name]["command"]) for name in nodes)
    assert SERVICES["caddy"]["ports"] == ["80:80", "443:443"]
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["caddy"]


def test_secrets_are_made_once_and_no_stranger_s_account_can_enter_their_folder(made):
    folder = made / "compose"
    first = (folder / "secrets" / "PGPASSWORD").read_text()

    subprocess.run(
        [made / "deploy" / "compose", "https://other.example"], check=True, capture_output=True
    )

    assert (folder / "secrets" / "PGPASSWORD").read_text() == first
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "secrets" / "PGPASSWORD").stat().st_mode & 0o444 == 0o444
