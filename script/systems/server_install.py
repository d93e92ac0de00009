"""Prove that `deploy/install` makes a server of Debian 12 and 13 as they are first installed.

Each is made by debootstrap, gets the last commit, is installed with nginx, then with Caddy, then
brought to another version. Each time a badge is scanned at https://localhost through the proxy.
systemd does not run there: its units are checked, and the processes that they would start are
started by their own line, as their account. They listen at this machine's ports 80, 443 and 8000.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shlex
import signal
import ssl
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from debian_system import (
    DEBIANS,
    Debian,
    NotFresh,
    ended,
    folder_of,
    missing_for,
    parser_of,
    walked_through,
)
from node_client import is_ready, scan

_ADDRESS = "https://localhost"
_READY_WITHIN_S = 120
_HOME = "/srv/marhaba"
_CERTIFICATE = "--certificate /srv/localhost.pem --key /srv/localhost.key"
#: as certbot would leave them, but signed by themselves
_MAKE_CERTIFICATE = (
    "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
    "-addext subjectAltName=DNS:localhost -keyout /srv/localhost.key -out /srv/localhost.pem"
)
#: how each proxy is started where systemd does not, and where the certificate of its authority is
_PROXIES = {
    "nginx": ("nginx", "srv/localhost.pem"),
    "caddy": (
        "env HOME=/var/lib/caddy XDG_DATA_HOME=/var/lib/caddy "
        "caddy start --adapter caddyfile --config /etc/caddy/Caddyfile",
        "var/lib/caddy/caddy/pki/authorities/local/root.crt",
    ),
}


def main() -> int:
    """Print a line a system; return 1 when one failed, 2 when nothing could be tried."""
    asked = parser_of("script/proof server", "deploy/install on Debian 12 and 13.").parse_args()
    if missing := missing_for("script/proof server"):
        print(f"server: {missing}", file=sys.stderr)
        return 2
    with folder_of(asked.folder) as folder:
        well = [_try(suite, folder, asked.mirror) for suite in asked.only or DEBIANS]
    return 0 if all(well) else 1


def _try(suite: str, folder: Path, mirror: str) -> bool:
    debian = Debian(suite, folder / f"{suite}-server", folder / f"{suite}-server.log")
    return walked_through("server", debian, folder / suite, mirror, _walk)


def _walk(debian: Debian) -> str:
    debian.run("sh -c 'apt-get update -qq && apt-get install -y -qq openssl systemd >/dev/null'")
    debian.run(_MAKE_CERTIFICATE)
    began = time.monotonic()
    _install(debian, f"--proxy nginx {_CERTIFICATE}")
    installed_s = time.monotonic() - began
    exposure = _check_units(debian)
    _scan_through(debian, "nginx", first=True)
    _install(debian, f"--proxy nginx {_CERTIFICATE}")
    _install(debian, "--proxy caddy")
    _scan_through(debian, "caddy")
    _refuses(debian, "deploy/install https://another.example", "has another address")
    _update(debian)
    _scan_through(debian, "caddy")
    return (
        f"{debian.name}: installed in {installed_s:.0f} s, exposure {exposure}, "
        "scans by nginx and Caddy, updated"
    )


def _install(debian: Debian, options: str) -> None:
    _with_database(debian, f"deploy/install {_ADDRESS} {options}")


def _with_database(debian: Debian, command: str) -> None:
    """Run a command that may start PostgreSQL, which is stopped as it would be at a shutdown."""
    line = f"{command}; code=$?; service postgresql stop; exit $code"
    debian.run(f"sh -c {shlex.quote(line)}")


def _refuses(debian: Debian, command: str, sentence: str) -> None:
    before = debian.log.stat().st_size
    try:
        _with_database(debian, command)
    except NotFresh:
        pass
    else:
        raise NotFresh(f"{command} did not refuse")
    said = debian.log.read_bytes()[before:].decode(errors="replace")
    if sentence not in said:
        raise NotFresh(f"{command} does not say “{sentence}”")


def _check_units(debian: Debian) -> str:
    """Let this system's own systemd read the units; return the exposure that it calculates."""
    units = " ".join(
        f"/etc/systemd/system/{name}.service" for name in ("marhaba", "marhaba-worker")
    )
    debian.run(f"systemd-analyze verify --man=no {units}")
    report = f"systemd-analyze security --offline=true --no-pager {units}"
    return debian.answer(f"sh -c {shlex.quote(f'{report} | grep Overall')}").split(": ")[-1]


def _update(debian: Debian) -> None:
    with (debian.clone / "checkin" / "errors.py").open("a") as source:
        source.write("# another version\n")
    _refuses(debian, f"deploy/install {_ADDRESS}", "another version is installed here")
    before = (debian.folder / f"{_HOME}/.venv".lstrip("/")).readlink()
    _with_database(debian, "sh -c 'service postgresql start && deploy/update'")
    after = (debian.folder / f"{_HOME}/.venv".lstrip("/")).readlink()
    copies = list((debian.folder / f"{_HOME}/var/backups".lstrip("/")).glob("*.dump"))
    if before == after or len(copies) != 1:
        raise NotFresh(f"after deploy/update: {before} → {after}, copies of the database: {copies}")


def _scan_through(debian: Debian, proxy: str, *, first: bool = False) -> None:
    """Start everything, and scan a badge at the address that people use."""
    start, authority = _PROXIES[proxy]
    with _serving(debian, start):
        if first:
            debian.run("marhaba demo --participants 20")
        token = json.loads(debian.answer("marhaba device add --gate 'Porte 1' --json"))[
            "device_token"
        ]
        lines = "marhaba badges codes --csv - | grep ,confirmed, | tail -n 1"
        code = debian.answer(f"sh -c {shlex.quote(lines)}").rpartition(",")[2]
        trust = ssl.create_default_context(cafile=debian.folder / authority)
        connection = http.client.HTTPSConnection("localhost", context=trust, timeout=20)
        answer = scan(connection, code, token)
    if answer["status"] not in ("ok", "error") or answer["participant"] is None:
        raise NotFresh(f"the scan by {proxy} was answered with {answer}")
    if first and answer["status"] != "ok":
        raise NotFresh(f"the first scan was refused: {answer}")


@contextlib.contextmanager
def _serving(debian: Debian, proxy: str) -> Iterator[None]:
    """Start PostgreSQL, what the units start, and the proxy, as long as the block runs."""
    script = f"""
        service postgresql start; {proxy}
        begin() {{
            line=$(sed -n 's/^ExecStart=//p' /etc/systemd/system/$1.service)
            cd {_HOME} && exec runuser -u marhaba -- $line
        }}
        begin marhaba & node=$!
        begin marhaba-worker & worker=$!
        trap 'kill -INT $node $worker; wait; service postgresql stop; exit 0' TERM
        wait"""
    with ended(debian.begin(f"sh -c {shlex.quote(script)}")) as process:
        began = time.monotonic()
        while not is_ready():
            if process.poll() is not None or time.monotonic() - began > _READY_WITHIN_S:
                raise NotFresh("what the units start does not become ready")
            time.sleep(0.5)
        yield
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


if __name__ == "__main__":
    sys.exit(main())
