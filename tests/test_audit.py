"""The audit of dependencies: known weaknesses and licences fail it; what nobody looked at is named.

The service is a real HTTP server that speaks OSV's documented format (https://google.github.io/osv.dev/api).
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
#: what the service knows, by ecosystem, name and version
KNOWN = {
    ("PyPI", "jinja2", "2.0"): ["PYSEC-2019-217", "PYSEC-2018-1"],
    ("npm", "zxing-wasm", "3.1.4"): ["GHSA-aaaa"],
}
DETAILS = {
    "PYSEC-2019-217": {
        "id": "PYSEC-2019-217",
        "aliases": ["CVE-2019-10906"],
        "summary": "Sandbox escape",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "Jinja2"},
                "ranges": [
                    {"type": "GIT", "events": [{"fixed": "a1b2c3"}]},
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.10.1"}]},
                ],
            },
            {
                "package": {"ecosystem": "PyPI", "name": "another"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "9"}]}],
            },
        ],
    },
    "PYSEC-2018-1": {"id": "PYSEC-2018-1", "withdrawn": "2020-01-01T00:00:00Z"},
    "GHSA-aaaa": {"id": "GHSA-aaaa", "affected": []},
}


@pytest.fixture(scope="module", autouse=True)
def scripts() -> Iterator[None]:
    sys.path.insert(0, str(ROOT / "script"))
    yield
    sys.path.remove(str(ROOT / "script"))


class Osv(BaseHTTPRequestHandler):
    """Answers as OSV does, an advisory at a time and the next one by a token."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer({"results": [self._result(query) for query in asked["queries"]]})

    def do_GET(self) -> None:
        self._answer(DETAILS[self.path.rpartition("/")[2]])

    def _result(self, query: dict) -> dict:
        of = query["package"]
        known = KNOWN.get((of["ecosystem"], of["name"], query["version"]), [])
        at = int(query.get("page_token", 0))
        more = {"next_page_token": str(at + 1)} if at + 1 < len(known) else {}
        return {"vulns": [{"id": one} for one in known[at : at + 1]], **more} if known else {}

    def _answer(self, content: object) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_words: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Osv) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def pins(monkeypatch):
    import audit
    from pinned import Package

    packages = [
        Package("PyPI", "flask", "3.1.2"),
        Package("PyPI", "jinja2", "2.0"),
        Package("npm", "zxing-wasm", "3.1.4"),
    ]
    monkeypatch.setattr(audit, "all_packages", lambda: packages)
    monkeypatch.setattr(audit, "licence_lines", lambda: ())
    monkeypatch.setattr(audit, "licence_faults", lambda: ())
    return packages


NOBODY = "http://127.0.0.1:9"


def audited(capsys, *arguments: str) -> tuple[int, list[str]]:
    import audit

    code = audit.main(list(arguments))
    return code, [line.removeprefix("audit: ") for line in capsys.readouterr().out.splitlines()]


def stored(file: Path, packages, *, days_ago: int = 0) -> None:
    import advisories

    at = datetime.now(UTC) - timedelta(days=days_ago)
    advisories.write(advisories.Answers("http://osv", at, frozenset(map(str, packages)), ()), file)


def test_a_known_weakness_is_told_with_its_names_and_cure_and_fails_the_audit(
    pins, service, capsys, tmp_path
):
    code, told = audited(capsys, "--service", service, "--stored", str(tmp_path / "a.json"))

    assert code == 1
    assert told[0].startswith(f"3 packages, 2 known weaknesses, as {service} answered on ")
    assert told[1:] == [
        "PyPI/jinja2@2.0 has PYSEC-2019-217, CVE-2019-10906: go to 2.10.1",
        "npm/zxing-wasm@3.1.4 has GHSA-aaaa: there is no fixed version yet",
    ]
    assert not (tmp_path / "a.json").exists()


def test_what_was_stored_is_told_again_without_a_network(pins, service, capsys, tmp_path):
    file = str(tmp_path / "a.json")
    online = audited(capsys, "--service", service, "--stored", file, "--refresh")
    before = (tmp_path / "a.json").read_bytes()

    assert audited(capsys, "--service", NOBODY, "--stored", file) == online
    assert (tmp_path / "a.json").read_bytes() == before


def test_without_a_network_and_without_stored_answers_nothing_counts_as_looked_at(
    pins, capsys, tmp_path
):
    code, told = audited(capsys, "--service", NOBODY, "--stored", str(tmp_path / "a.json"))

    assert code == 0
    assert told[0].startswith("NOT DONE")


def test_a_refresh_without_an_answer_fails_and_leaves_what_was_stored(pins, capsys, tmp_path):
    file = tmp_path / "a.json"
    stored(file, pins)
    before = file.read_bytes()

    code, told = audited(capsys, "--service", NOBODY, "--stored", str(file), "--refresh")

    assert code == 1
    assert told[0].startswith("nothing is stored")
    assert file.read_bytes() == before


@pytest.mark.parametrize(("days", "warned"), [(29, False), (31, True)])
def test_old_answers_are_told_with_their_age_and_only_warned_of(
    pins, capsys, tmp_path, days, warned
):
    file = tmp_path / "a.json"
    stored(file, pins, days_ago=days)

    code, told = audited(capsys, "--service", NOBODY, "--stored", str(file))

    assert code == 0
    assert f"({days} days ago)" in told[0]
    assert any(line.startswith("WARNING: these answers") for line in told) is warned


def test_a_package_that_was_pinned_since_is_named_and_not_counted(pins, capsys, tmp_path):
    file = tmp_path / "a.json"
    stored(file, pins[:2])

    code, told = audited(capsys, "--service", NOBODY, "--stored", str(file))

    assert code == 0
    assert told[0].startswith("2 packages, 0 known weaknesses")
    assert told[1] == "WARNING: NOT looked at: npm/zxing-wasm@3.1.4"


def test_everything_pinned_vendored_and_locked_is_asked_about():
    from pinned import PINNED, all_packages, locked, pinned_in

    names = {(one.ecosystem, one.name) for one in all_packages()}

    assert {("npm", "zxing-wasm"), ("npm", "vazirmatn"), ("npm", "axe-core")} <= names
    assert {("npm", "typescript"), ("PyPI", "setuptools"), ("PyPI", "flask")} <= names
    assert all(pin.digests for file in PINNED for pin in pinned_in(file).values())
    assert len(locked()) > 4


def test_each_package_that_is_shipped_has_a_licence_that_is_permitted():
    import audit

    assert list(audit.licence_faults()) == []
    lines = list(audit.licence_lines())
    assert "vendored: zxing-wasm 3.1.4 (MIT)" in lines
    assert not [line for line in lines if line.startswith("shipped") and "(unknown)" in line]


def test_a_licence_that_is_unknown_or_not_permitted_fails_the_audit(monkeypatch):
    import audit
    from pinned import Package, Pin

    unknown, strict = Package("PyPI", "nobody-says", "1"), Package("PyPI", "aiosmtpd", "1")
    monkeypatch.setattr(audit, "VENDORED", ())
    monkeypatch.setattr(audit, "pinned_in", lambda _: dict.fromkeys((unknown, strict), Pin((), ())))
    monkeypatch.setattr(audit, "licence_of", lambda one: None if one == unknown else "GPL-3.0-only")

    assert list(audit.licence_faults()) == [
        "PyPI/nobody-says@1 says no licence: look it up, and write it into script/licences.toml",
        "PyPI/aiosmtpd@1 is under GPL-3.0-only, which script/licences.toml does not permit",
    ]


def test_a_vendored_package_without_row_licence_or_known_licence_fails_the_audit(
    monkeypatch, tmp_path
):
    import audit

    (tmp_path / "README.md").write_text(
        "| `a/` | `a` 1.2: `a.js` | MIT (`LICENSE`) | all |\n"
        "| `c/` | `c` 1.2: `c.js` | Mine (`LICENSE`) | all |\n"
    )
    for name in "abc":
        (tmp_path / name).mkdir()
    (tmp_path / "c" / "LICENSE").write_text("…")
    monkeypatch.setattr(audit, "VENDORED", (tmp_path,))
    monkeypatch.setattr(audit, "pinned_in", lambda _: {})

    assert list(audit.licence_faults()) == [
        "npm/a@1.2 has no licence beside it",
        "npm/c@1.2 has no licence of SPDX in its row: Mine",
        f"b is vendored without a row in {tmp_path.name}/README.md",
    ]
