"""The process that answers the gates does not grow while a worker draws badges."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests

from tests.cli.serving.test_serving import both, serving
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for

EVENT = "/events/rabat-2025"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_RSS = re.compile(r"^Rss:\s+(\d+) kB", re.MULTILINE)
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


@pytest.fixture(params=[2600, pytest.param(52_000, marks=pytest.mark.proof)])
def server(tmp_path, request):
    server = Server(tmp_path / "home", begin=by_fork, worker=True)
    password = server.load_demo(request.param)
    server.start()
    yield server, password
    server.kill()


class Office:
    """An administrator's browser."""

    def __init__(self, url: str, password: str) -> None:
        self._url, self._session = url, requests.Session()
        self.send("/login", "/login", email="admin@example.org", password=password)

    def read(self, path: str) -> str:
        answer = self._session.get(f"{self._url}{path}", timeout=30)
        answer.raise_for_status()
        return answer.text

    def send(self, page: str, action: str, **fields: str) -> str:
        """Send a form and return the address of the page that it led to."""
        [token] = _TOKEN.findall(self.read(page))[:1]
        answer = self._session.post(
            f"{self._url}{action}", data={"csrf_token": token, **fields}, timeout=30
        )
        answer.raise_for_status()
        return answer.url.removeprefix(self._url)


def memory_mb(pid: int, kind: re.Pattern[str]) -> float:
    """Return the memory of a process, 0 when it has ended."""
    try:
        told = kind.findall(Path(f"/proc/{pid}/smaps_rollup").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(told[0]) / 1024 if told else 0


def below(pid: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    try:
        children = serving(pid)
    except FileNotFoundError:
        return []
    return children + [one for child in children for one in below(child)]


@pytest.mark.timeout(3600)
def test_a_pdf_of_thousands_of_badges_costs_the_serving_process_nothing(server):
    running, password = server
    web, worker = wait_for(lambda: both(running), "the server and the worker")
    office = Office(running.url, password)
    office.read(f"{EVENT}/badges")
    before = memory_mb(web, _RSS)

    job = office.send(f"{EVENT}/badges", f"{EVENT}/badges.pdf", design="card")
    most = []

    def is_done() -> bool:
        most.append(sum(memory_mb(pid, _PSS) for pid in below(worker)))
        return "files.zip" in office.read(job)

    wait_for(is_done, "the badges", 3000)

    assert memory_mb(web, _RSS) - before < 100
    assert 50 < max(most) < 400
    wait_for(lambda: not below(worker), "the end of the job's processes")
