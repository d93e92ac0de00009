"""The image: its Dockerfile only calls scripts of the repository, which read what reaches them."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest

from tests.deploy.commands import DEPLOY, unknown_words
from tests.support.servers.server_process import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
ENVIRONMENT = (DEPLOY / "environment").read_text("utf-8")
#: shells that the lines of an image may use besides our scripts: none
_OURS = re.compile(r"(?:/marhaba/deploy|/deploy)/(\w+)")


def lines_of(instruction):
    joined = DOCKERFILE.replace("\\\n", " ")
    return re.findall(rf"^{instruction} (.+)$", joined, re.MULTILINE)


def test_each_step_is_a_script_of_the_repository():
    steps = [step.strip() for line in lines_of("RUN") for step in line.split("&&")]

    named = [_OURS.match(step) for step in steps]
    assert all(named), steps
    scripts = {found[1] for found in named if found}
    assert scripts == {"packages", "environment", "account"}


def test_nothing_of_the_build_is_in_the_image_that_runs():
    *_others, node = DOCKERFILE.split("\nFROM ")

    assert "--build" not in node
    assert re.findall(r"^COPY --from=(\S+) (\S+)", node, re.MULTILINE) == [
        ("program", "/opt/marhaba")
    ]
    assert lines_of("USER") == ["10001:10001"] * 2


def test_the_image_starts_a_command_of_ours():
    *_others, command = lines_of("CMD")
    *_more, healthy = re.findall(r"^HEALTHCHECK .* CMD (.*)$", DOCKERFILE, re.MULTILINE)

    assert unknown_words(json.loads(command)) == set()
    assert lines_of("ENTRYPOINT") == ['["start"]']
    assert (DEPLOY / "image" / json.loads(healthy)[0]).exists()


def test_the_build_is_sent_what_it_reads_and_nothing_secret():
    sent = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    [read] = re.findall(r"^  for name in ((?:.*\\\n)*.*); do$", ENVIRONMENT, re.MULTILINE)

    assert sent == {*read.replace("\\", "").split(), "deploy", "requirements.txt"}


def test_secrets_become_settings_and_passwords(tmp_path):
    secrets, programs = tmp_path / "secrets", tmp_path / "programs"
    secrets.mkdir()
    programs.mkdir()
    (secrets / "CHECKIN_MASTER_KEY").write_text("ab" * 32)
    (secrets / "PGPASSWORD").write_text("a b'c")
    (secrets / "other").write_text("no")
    (programs / "marhaba").write_text('#!/bin/sh\necho "$@" "$CHECKIN_MASTER_KEY" "$PGPASSWORD"\n')
    (programs / "marhaba").chmod(0o755)

    done = subprocess.run(
        [DEPLOY / "image" / "start", "run", "--host", "0.0.0.0"],
        env={"PATH": f"{programs}:{os.environ['PATH']}", "SECRETS": str(secrets)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == (f"run --host 0.0.0.0 {'ab' * 32} a b'c\n", "")


@pytest.mark.parametrize("file", ["requirements.txt", "deploy/requirements-build.txt"])
def test_what_is_installed_is_pinned_with_hashes(file):
    text = (ROOT / file).read_text("utf-8")
    pinned = re.findall(
        r"^[A-Za-z0-9._-]+(?:\[\S+\])?==\S+(?: ; .*?)? \\\n +--hash=sha256:", text, re.MULTILINE
    )

    assert len(pinned) == len(re.findall(r"^[A-Za-z]", text, re.MULTILINE)) > 0


def test_the_wheel_is_built_with_the_packages_that_the_project_asks_for():
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    [asked] = re.findall(r"^requires = \[(.*)\]$", project, re.MULTILINE)
    [group] = re.findall(r"^build = \[\n(.*?)^\]", project, re.MULTILINE | re.DOTALL)

    assert re.findall(r'"(\S+)"', asked) == re.findall(r'"(\S+)"', group)
