"""Prove that the Dockerfile builds, where no registry has the image that it begins with.

A Debian made by debootstrap takes the place of that image, and buildah that of Docker. The image of
a node is run then, with a key in a file as compose.yaml gives it one: `init`, `run`, its own health
check, and a scan. What is not proved so: Docker itself, the images of PostgreSQL and Redis, and
compose.yaml as a whole, which tests/deploy/test_compose.py compares with what it names.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from debian_system import (
    DEBIANS,
    Debian,
    NotFresh,
    ended,
    folder_of,
    inside,
    logged,
    machine_files,
    missing_for,
    parser_of,
    started,
    told_inside,
    walked_through,
)
from node_client import is_ready, scan

#: of images, and of the containers made of them
_BASE, _NODE, _PROXY = "marhaba-proof-base", "marhaba-proof-node", "marhaba-proof-proxy"
_READY_WITHIN_S = 60
#: ends with 1 if Python would compile the program at each start: whoever runs it cannot write it
_IS_COMPILED = """
import checkin.app, pathlib, sys
head = pathlib.Path(checkin.app.__cached__).read_bytes()[:8]
sys.exit(head[4:] != bytes([1, 0, 0, 0]))  # valid whatever the time of the source: PEP 552
"""


def main() -> int:
    """Print a line a system; return 1 when one failed, 2 when nothing could be tried."""
    asked = parser_of("script/proof image", "The Dockerfile on Debian 12 and 13.").parse_args()
    missing = missing_for("script/proof image")
    if not missing and shutil.which("buildah") is None:
        missing = "buildah is missing: apt-get install buildah"
    if missing:
        print(f"image: {missing}", file=sys.stderr)
        return 2
    with folder_of(asked.folder) as folder:
        well = [_try(suite, folder, asked.mirror) for suite in asked.only or DEBIANS]
    return 0 if all(well) else 1


def _try(suite: str, folder: Path, mirror: str) -> bool:
    debian = Debian(suite, folder / f"{suite}-image", folder / f"{suite}-image.log")
    return walked_through("image", debian, folder / suite, mirror, _walk)


def _walk(debian: Debian) -> str:
    try:
        began = time.monotonic()
        _build(debian)
        built_s = time.monotonic() - began
        return f"{debian.name}: built in {built_s:.0f} s, {_run(debian)}"
    finally:
        _forget_containers()


def _build(debian: Debian) -> None:
    """Make the base, and from it both images of the Dockerfile, of the last commit."""
    sources = debian.folder.with_name(f"{debian.suite}-sources")
    shutil.rmtree(sources, ignore_errors=True)
    debian.clone.rename(sources)
    _forget_containers()
    base = _container(debian, "scratch", _BASE)
    logged(debian.log, "buildah", "add", "--quiet", base, str(debian.folder), "/")
    for file in machine_files():
        logged(debian.log, "buildah", "add", "--quiet", base, str(file), inside(str(file)))
    variables = [word for one in told_inside() for word in ("--env", one)]
    logged(debian.log, "buildah", "config", *variables, base)
    logged(debian.log, "buildah", "commit", "--quiet", base, _BASE)
    # Docker's format alone keeps a health check.
    build = ("buildah", "build", "--isolation", "chroot", "--format", "docker")
    for target, name in {"node": _NODE, "proxy": _PROXY}.items():
        asked = ("--build-arg", f"BASE=localhost/{_BASE}", "--target", target, "--tag", name)
        logged(debian.log, *build, *asked, str(sources))


def _container(debian: Debian, image: str, name: str) -> str:
    logged(debian.log, "buildah", "from", "--pull-never", "--name", name, image)
    return name


def _forget_containers() -> None:
    for name in (_BASE, _NODE, _PROXY):
        subprocess.run(["buildah", "rm", name], capture_output=True, check=False)  # noqa: S607


def _run(debian: Debian) -> str:
    """Run a node of the image, and scan a badge there."""
    secrets = debian.folder.with_name(f"{debian.suite}-secrets")
    secrets.mkdir(exist_ok=True)
    (secrets / "CHECKIN_MASTER_KEY").write_text(uuid.uuid4().hex * 2)
    mounted = ("--volume", f"{secrets}:/run/secrets:ro")
    address = ("--env", "CHECKIN_BASE_URL=https://checkin.example.org")
    run = ("buildah", "run", "--isolation", "chroot", *mounted, *address)
    node = (*run, _container(debian, _NODE, _NODE), "--", "start")
    logged(debian.log, *node[:-1], "python", "-c", _IS_COMPILED)
    logged(debian.log, *node, "init")
    logged(debian.log, *node, "demo", "--participants", "20")
    token = json.loads(_answer(debian, *node, "device", "add", "--gate", "Porte 1", "--json"))
    lines = _answer(debian, *node, "badges", "codes", "--csv", "-").splitlines()
    code = next(line for line in lines if ",confirmed," in line).rpartition(",")[2]
    with _serving(debian, node):
        logged(debian.log, *node[:-1], "healthy")
        connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=20)
        answer = scan(connection, code, token["device_token"])
    if answer["status"] != "ok":
        raise NotFresh(f"the scan was answered with {answer}")
    logged(debian.log, *run, _container(debian, _PROXY, _PROXY), "--", "caddy", "version")
    return "a node of it is healthy and admits a badge, and the proxy's image has Caddy"


def _answer(debian: Debian, *command: str) -> str:
    before = debian.log.stat().st_size
    logged(debian.log, *command)
    return debian.log.read_bytes()[before:].decode()


@contextlib.contextmanager
def _serving(debian: Debian, node: tuple[str, ...]) -> Iterator[None]:
    with ended(started(debian.log, *node, "run", "--host", "0.0.0.0")) as process:  # noqa: S104
        began = time.monotonic()
        while not is_ready():
            if process.poll() is not None or time.monotonic() - began > _READY_WITHIN_S:
                raise NotFresh("the node does not become ready")
            time.sleep(0.5)
        yield
        os.killpg(process.pid, signal.SIGINT)
        process.wait(_READY_WITHIN_S)


if __name__ == "__main__":
    sys.exit(main())
