"""Proxies in front of a server, at https://localhost:PORT/marhaba: nginx and Caddy as `deploy` sets
them up, and one that does only what it must.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import ssl
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support import factories
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import ROOT, Server, free_port
from tests.support.waiting import wait_for

SAMPLES = ROOT / "deploy"
CADDYFILE = SAMPLES / "Caddyfile"
PREFIX = "/marhaba"
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
CADDY = shutil.which("caddy")
#: what /etc/nginx/nginx.conf has around the files of conf.d
_NGINX_MAIN = """
{user}
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""
_SPARE_NODE = "    # server 10.0.0.2:8000 max_fails=1 fail_timeout=5s;"
_CADDY_MAIN = """{{
	admin off
	local_certs
	skip_install_trust
	auto_https disable_redirects
	storage file_system {folder}
	http_port {http}
	https_port {https}
}}
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where a proxy has the server, and the certificate that vouches for it.

    Attributes:
        unencrypted: the same address over plain http.
    """

    url: str
    trust: Path
    unencrypted: str = ""


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for this machine, and its key; return both files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "localhost.pem", folder / "localhost.key"
    files[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


@contextlib.contextmanager
def nginx(
    folder: Path,
    upstream: int,
    *,
    others: Sequence[int] = (),
    strips: bool = False,
    most: int = 2000,
    text: str = "",
    prefix: str = PREFIX,
) -> Iterator[Proxy]:
    """Run nginx with its file of `deploy`, and give where it has the server.

    Args:
        upstream: the port of the server on this machine.
        text: another configuration of that name and certificate, for the path `prefix`.
        others: the ports of further nodes.
        strips: take the path off, which is the other of the two lines in that file.
        most: requests that one address may have open at once.
    """
    if NGINX is None:
        pytest.skip("no nginx: script/setup --test")
    port, plain, folder = free_port(), free_port(), folder / f"nginx-{free_port()}"
    (folder / "conf.d").mkdir(parents=True)
    cert, key = certificate(folder)
    site = changed(
        text or (SAMPLES / "nginx.conf").read_text("utf-8"),
        ("limit_conn marhaba 2000;", f"limit_conn marhaba {most};"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("server_name checkin.example.org", "server_name localhost"),
        ("/etc/ssl/certs/checkin.example.org.pem", str(cert)),
        ("/etc/ssl/private/checkin.example.org.key", str(key)),
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        ("/var/log/nginx/marhaba.log", str(folder / "access.log")),
    )
    if others:
        site = nginx_nodes(site, others)
    if strips:
        left, taken_off = (f"proxy_pass http://marhaba_nodes{end};" for end in ("", "/"))
        site = changed(site, (f"{left}\n        # {taken_off}", taken_off))
    (folder / "conf.d" / "marhaba.conf").write_text(site)
    # Only root may name whom its workers run as; who else runs it is that already.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_NGINX_MAIN.format(folder=folder, user=user))
    command = [NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", "nginx.conf"]
    with _running(command, folder):
        proxy = Proxy(
            f"https://localhost:{port}{prefix}", cert, f"http://localhost:{plain}{prefix}"
        )
        _wait_for(proxy)
        yield proxy


def nginx_nodes(site: str, others: Sequence[int]) -> str:
    """Return nginx's file of `deploy` with these ports of this machine for its spare node."""
    node = _SPARE_NODE.replace("# ", "")
    lines = [node.replace("10.0.0.2:8000", f"127.0.0.1:{port}") for port in others]
    return changed(site, (_SPARE_NODE, "\n".join(lines)))


@contextlib.contextmanager
def caddy(
    folder: Path,
    upstream: int,
    *,
    others: Sequence[int] = (),
    strips: bool = False,
    text: str = "",
    prefix: str = PREFIX,
) -> Iterator[Proxy]:
    """Run Caddy with its file of `deploy`, and give where it has the server: as `nginx` above."""
    site = changed(
        text or CADDYFILE.read_text("utf-8"), ("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    )
    if others:
        nodes = " ".join(f"127.0.0.1:{port}" for port in others)
        site = changed(site, ("\n\t# to ", "\n\tto "), ("10.0.0.2:8000", nodes))
    if strips:
        site = changed(site, ("handle /marhaba/*", "handle_path /marhaba/*"))
    with caddy_at("localhost", folder, site, prefix) as proxy:
        _wait_for(proxy)
        yield proxy


@contextlib.contextmanager
def caddy_at(host: str, folder: Path, site: str, prefix: str = PREFIX) -> Iterator[Proxy]:
    """Run Caddy with such a file at this name or address; nothing behind it has to answer yet."""
    if CADDY is None:
        pytest.skip("no Caddy: script/setup --test")
    port, plain, folder = free_port(), free_port(), folder / f"caddy-{free_port()}"
    folder.mkdir(parents=True)
    site = changed(
        site,
        ("\ncheckin.example.org {", f"\n{host}:{port} {{"),
        ("\nhttp://checkin.example.org {", f"\nhttp://{host}:{plain} {{"),
    )
    main = _CADDY_MAIN.format(folder=folder, http=plain, https=port)
    (folder / "Caddyfile").write_text(main + site)
    command = [CADDY, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    with _running(command, folder, HOME=str(folder)):
        trust = folder / "pki/authorities/local/root.crt"
        wait_for(trust.exists, "Caddy's own authority")
        yield Proxy(f"https://{host}:{port}{prefix}", trust, f"http://{host}:{plain}{prefix}")


@contextlib.contextmanager
def plain_proxy(folder: Path, upstream: int) -> Iterator[Proxy]:
    """Run a proxy that takes the path off, says so, and passes whole answers on: no streams."""
    folder = folder / f"plain-{free_port()}"
    folder.mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _PlainProxy)
    server.daemon_threads = True
    server.upstream = upstream  # type: ignore[attr-defined]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert, key = certificate(folder)
    context.load_cert_chain(cert, key)
    # Each thread shakes hands with its own client: one that is slow keeps nobody waiting.
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Proxy(f"https://localhost:{server.server_port}{PREFIX}", cert)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _PlainProxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert f"{self.path}/".startswith(f"{PREFIX}/"), self.path
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name != "Connection"}
        headers |= {
            "X-Forwarded-For": self.client_address[0],
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": self.headers["Host"],
            "X-Forwarded-Prefix": PREFIX,
        }
        upstream: int = self.server.upstream  # type: ignore[attr-defined]
        asked = http.client.HTTPConnection("127.0.0.1", upstream, timeout=60)
        with contextlib.closing(asked):
            path = self.path.removeprefix(PREFIX) or "/"
            asked.request(self.command, path, body, headers)
            with asked.getresponse() as answer:
                self._pass_on(answer, answer.read())

    do_POST = do_DELETE = do_GET  # noqa: N815 - the names that http.server looks for

    def _pass_on(self, answer: http.client.HTTPResponse, body: bytes) -> None:
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        # A browser that closes its page, or a server that ends, is no fault of the proxy.
        with contextlib.suppress(OSError, http.client.HTTPException):
            super().handle()

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


def changed(text: str, *changes: tuple[str, str]) -> str:
    """Return a file of `deploy` with these parts replaced, every one of which it must have."""
    for before, after in changes:
        assert before in text, f"the sample does not say {before!r} any more"
        text = text.replace(before, after)
    return text


@contextlib.contextmanager
def _running(command: list[str], folder: Path, **environ: str) -> Iterator[None]:
    with (folder / "printed").open("wb") as printed:
        process = subprocess.Popen(
            command, stdout=printed, stderr=printed, env={**os.environ, **environ}
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait_for(proxy: Proxy) -> None:
    def answers() -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{proxy.url}/healthz", timeout=5, verify=str(proxy.trust)).ok
        return False

    wait_for(answers, proxy.url)


@contextlib.contextmanager
def served_to_proxies(database_url: str, home: Path, prefix: str = PREFIX) -> Iterator[Server]:
    """Serve at a path of https://localhost, to proxies of this machine."""
    server = Server(
        home,
        begin=by_fork,
        CHECKIN_DATABASE_URL=database_url,
        CHECKIN_MASTER_KEY=factories.MASTER_KEY.hex(),
        CHECKIN_BASE_URL=f"https://localhost{prefix}",
        CHECKIN_TRUSTED_PROXIES="127.0.0.1/32",
    )
    server.start()
    try:
        yield server
    finally:
        server.kill()
