"""The reference event on a server of its own, and a browser of each engine that is installed."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import requests

from badges.qr import qr_image
from tests.engines import firefox, webkit
from tests.engines.driven import DrivenBrowser
from tests.engines.firefox import Firefox
from tests.engines.webkit import WebKit
from tests.support.servers.server_process import Server

ENGINES = {"Firefox": (firefox.program, Firefox), "WebKit": (webkit.program, WebKit)}
_PARTICIPANTS = 300  # their gate list is longer than WebKit on Linux can verify
# What the camera sees from now on is drawn on a canvas: neither engine plays a file as its camera.
_SHOW = """(address) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
  const context = canvas.getContext("2d");
  const badge = Object.assign(new Image(), { src: address });
  setInterval(() => {
    context.fillStyle = "#787870";
    context.fillRect(0, 0, 1280, 720);
    context.drawImage(badge, 480, 200);
  }, 100);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
}"""
_results: dict[str, dict[str, str]] = {}
_versions: dict[str, str] = {}


@dataclass
class Hall:
    """A server with the reference event, and what a volunteer has at hand."""

    server: Server
    password: str
    token: str
    codes: list[str]

    @property
    def url(self) -> str:
        return self.server.url

    def take_code(self) -> str:
        """Return the code of a badge that nobody has shown yet."""
        return self.codes.pop()

    def pairing_link(self, gate: str, language: str) -> str:
        told = json.loads(self.server.command("device", "pair", "--gate", gate, "--json"))
        return f"{self.url}/scan?lang={language}#pair={told['pairing_code']}"

    def scan(self, code: str) -> dict[str, Any]:
        """Let a badge in at another gate."""
        scan = {"scan_id": str(uuid.uuid4()), "code": code, "type": "entry", "source": "typed"}
        scan["scanned_at"] = datetime.now(UTC).isoformat()
        bearer = {"Authorization": f"Bearer {self.token}"}
        reply = requests.post(f"{self.url}/api/v1/scans", json=scan, headers=bearer, timeout=10)
        told: dict[str, Any] = reply.json()
        return told

    def arrived(self) -> int:
        count: int = self.server.status(self.token)["totals"]["arrived"]
        return count


@pytest.fixture(scope="session")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    server = Server(tmp_path_factory.mktemp("hall") / "home", worker=True)
    password = server.load_demo(_PARTICIPANTS)
    server.start()
    codes = [line["code"] for line in server.codes()]
    yield Hall(server, password, server.token_at("Porte 9"), codes)
    server.kill()


@pytest.fixture(scope="module", params=ENGINES)
def browser(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DrivenBrowser]:
    program, begin = ENGINES[request.param]
    if program() is None:
        pytest.skip(f"no {request.param} is installed: script/proof engines installs it")
    browser = begin(tmp_path_factory.mktemp(request.param))
    _versions[request.param] = browser.version
    yield browser
    browser.close()


def show_to_camera(browser: DrivenBrowser, code: str) -> None:
    """Let the camera of the open page see this badge, once it is asked for."""
    png = BytesIO()
    qr_image(code, module_px=8).save(png, "PNG")
    browser.run(_SHOW, f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}")


def sign_in(browser: DrivenBrowser, hall: Hall) -> None:
    browser.open(f"{hall.url}/login?lang=fr")
    if browser.run("() => Boolean(document.querySelector('.signed-in'))"):
        return
    browser.type("#email", "admin@example.org")
    browser.type("#password", hall.password)
    browser.click("main button")
    browser.wait_for(".signed-in")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    engine = getattr(item, "callspec", None) and item.callspec.params.get("browser")
    if engine and (report.when == "call" or not report.passed):
        said = {"passed": "✓", "failed": "✗", "skipped": "–"}[report.outcome]
        name = item.name.replace(f"{engine}-", "").replace(f"[{engine}]", "")
        _results.setdefault(name, {})[engine] = said
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print which engine passed what."""
    if not _results:
        return
    names = [_versions.get(engine, f"no {engine}") for engine in ENGINES]
    wide = max(map(len, _results))
    terminalreporter.write_line(f"\n{'':{wide}}  {'  '.join(names)}")
    for test, told in _results.items():
        marks = "  ".join(
            f"{told.get(engine, ''):{len(name)}}"
            for engine, name in zip(ENGINES, names, strict=True)
        )
        terminalreporter.write_line(f"{test:{wide}}  {marks}")
