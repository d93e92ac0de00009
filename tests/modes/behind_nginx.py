"""Behind nginx, below a path of its address, with PostgreSQL: the file of `deploy`."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.modes.laptop import CHECKOUT, settings_of
from tests.modes.mode import Mode, Place
from tests.modes.trust import certificate_for
from tests.modes.venue import lan_address
from tests.support.others.reverse_proxies import Proxy, changed, nginx_nodes
from tests.support.servers.server_process import ROOT, free_port

SAMPLE = ROOT / "deploy" / "nginx.conf"
MISSING = "nginx is not installed: on Debian and Ubuntu `apt-get install nginx-light`"
#: as root its processes run under this account, as everywhere
_ACCOUNT = "www-data"
#: around the sample: nothing of it outside of one folder
_AROUND = """
daemon off;
pid nginx.pid;
error_log error.log;
events {{}}
http {{
    access_log access.log;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {servers}
}}
"""


def behind_nginx(place: Place) -> Mode:
    """nginx speaks HTTPS with people, and passes on what is below /marhaba."""
    inner = free_port()
    proxy = nginx_before(place, inner)
    databases = place.fixture("postgres_databases")
    database = place.until_the_end.enter_context(databases.empty(place.files))
    return Mode(
        programs=CHECKOUT,
        files=place.files,
        url=proxy.url,
        listen=("--port", str(inner)),
        mail=place.mail,
        settings={
            **settings_of(place),
            "CHECKIN_BASE_URL": proxy.url,
            "CHECKIN_DATABASE_URL": database,
            "CHECKIN_TRUSTED_PROXIES": "127.0.0.1/32",
        },
        authority=lambda: proxy.trust,
        https_for_good=True,
        scanner_trusts=("--cafile", str(proxy.trust)),
        language="fr",
    )


def nginx_before(place: Place, first: int, *others: int) -> Proxy:
    """Run nginx until the end before the nodes at these ports of this machine."""
    address, public = lan_address(), free_port()
    authority, certificate, key = certificate_for(address, place.files)
    servers = changed(
        nginx_nodes(SAMPLE.read_text("utf-8"), others),
        ("listen 80;", f"listen {address}:{free_port()};"),
        ("listen 443 ", f"listen {address}:{public} "),
        ("server_name checkin.example.org;", f"server_name {address};"),
        ("/etc/ssl/certs/checkin.example.org.pem", certificate.name),
        ("/etc/ssl/private/checkin.example.org.key", key.name),
        ("127.0.0.1:8000", f"127.0.0.1:{first}"),
        ("/var/log/nginx/marhaba.log", "marhaba.log"),
    )
    place.until_the_end.enter_context(nginx(servers, [certificate, key]))
    return Proxy(f"https://{address}:{public}/marhaba", authority)


@contextmanager
def nginx(servers: str, files: list[Path]) -> Iterator[None]:
    """Run nginx with these servers; `files` stand in its folder by their names."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="marhaba-nginx-"))
    (folder / "nginx.conf").write_text(_AROUND.format(servers=servers))
    for file in files:
        shutil.copy(file, folder)
    process = subprocess.Popen(
        [program, "-p", folder, "-e", "error.log", "-c", "nginx.conf"],
        cwd=folder,
        **_as_account(folder),
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder)


def _as_account(folder: Path) -> dict[str, object]:
    if os.geteuid():
        return {}
    account = pwd.getpwnam(_ACCOUNT)
    for file in (folder, *folder.iterdir()):
        os.chown(file, account.pw_uid, account.pw_gid)
    return {"user": _ACCOUNT, "group": account.pw_gid, "extra_groups": []}
