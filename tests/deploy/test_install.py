"""`deploy/install` and `deploy/update` refuse in a sentence (that they work: `script/proof`)."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess

import pytest

from tests.deploy.commands import DEPLOY, unknown_settings

ADDRESS = "https://checkin.example.org"


def deploy(script, *arguments):
    """Run a script as somebody who is not root."""
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    return subprocess.run(
        [*(nobody if os.geteuid() == 0 else []), "sh", DEPLOY / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((), 2, "usage: deploy/install ADDRESS"),
        ((ADDRESS, "--proxy", "apache"), 2, "usage: "),
        ((ADDRESS, "another"), 2, "usage: "),
        (("checkin.example.org",), 1, "is not like https://checkin.example.org"),
        (
            (ADDRESS, "--proxy", "nginx"),
            1,
            "install: nginx needs a certificate: --certificate FILE",
        ),
        ((ADDRESS,), 1, "install: it changes the system: run it as root, or with sudo"),
    ],
)
def test_it_refuses_before_it_changes_anything(arguments, code, sentence):
    refused = deploy("install", *arguments)

    assert (refused.returncode, refused.stdout) == (code, "")
    assert sentence in refused.stderr


def test_an_update_is_for_root_too():
    refused = deploy("update")

    assert (refused.returncode, refused.stderr) == (
        1,
        "update: it changes the system: run it as root, or with sudo\n",
    )


@pytest.mark.parametrize("script", ["install", "update", "compose", "image/start"])
def test_the_settings_that_a_script_writes_are_settings(script):
    text = (DEPLOY / script).read_text("utf-8").replace("CHECKIN_*", "")

    assert unknown_settings(text) == set()


def test_every_script_can_be_run_and_read_by_a_plain_shell():
    scripts = [
        path for path in DEPLOY.rglob("*") if path.is_file() and path.read_text()[:2] == "#!"
    ]

    assert {path.name for path in scripts} >= {"install", "update", "site", "environment", "start"}
    for script in scripts:
        assert script.stat().st_mode & stat.S_IXOTH, script
        read = subprocess.run([shutil.which("dash") or "sh", "-n", script], check=False)
        assert read.returncode == 0
