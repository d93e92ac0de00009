"""`doctor` says what is missing in the order in which to mend it, and the line to type first."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from checkin.cli.doctor import lines
from checkin.protocol.version import VERSION
from tests.cli.conftest import Ran, Run
from tests.cli.test_address import listen
from tests.support.servers.server_process import free_port

NO_POSTGRES = "postgresql+psycopg://marhaba@127.0.0.1:1/marhaba"


def next_line(ran: Ran) -> str:
    """Return the line that is to be typed first."""
    [line] = [line for line in ran.out.splitlines() if line.startswith("next: ")]
    return line.removeprefix("next: ")


def signs(ran: Ran) -> dict[str, str]:
    """Return the sign of each check by its name."""
    told = [line for line in ran.out.splitlines() if line[:2] in ("✓ ", "✗ ", "– ")]
    return {line[2:].partition(":")[0]: line[0] for line in told}


def test_in_an_empty_folder_it_tells_to_init_and_leaves_the_rest_for_later(
    run: Run, home: Path
) -> None:
    ran = run("doctor")

    assert (ran.code, next_line(ran)) == (1, "python -m checkin init")
    assert [name for name, sign in signs(ran).items() if sign == "✗"] == ["master key", "database"]
    assert "– server's address: looked at once this is well: database\n" in ran.out


def test_after_init_only_the_start_is_left(run: Run) -> None:
    run("init")
    ran = run("doctor")

    assert (ran.code, next_line(ran)) == (0, "python -m checkin run --host 0.0.0.0")
    assert ran.out.startswith("one laptop, on SQLite\n")
    assert "✗" not in ran.out


def test_postgresql_that_is_down_is_one_fault_and_the_line_starts_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init")
    monkeypatch.setenv("CHECKIN_DATABASE_URL", NO_POSTGRES)
    here = run("doctor")
    monkeypatch.setenv("CHECKIN_DATABASE_URL", NO_POSTGRES.replace("127.0.0.1", "db.invalid"))
    elsewhere = run("doctor")

    assert next_line(here) == "sudo systemctl start postgresql"
    assert next_line(elsewhere) == "pg_isready --host db.invalid --port 1"
    for ran in (here, elsewhere):
        assert (ran.code, ran.err) == (1, "")
        assert [name for name, sign in signs(ran).items() if sign == "✗"] == ["database"]


def test_another_key_than_that_of_the_badges_is_a_fault_of_its_own(demo: Run, home: Path) -> None:
    (home / "master.key").write_text("ab" * 32 + "\n")

    ran = demo("doctor")

    assert (ran.code, next_line(ran)) == (1, f"cp /BACKUP/master.key {home / 'master.key'}")
    assert (signs(ran)["master key"], signs(ran)["key of the database"]) == ("✓", "✗")


def test_a_key_from_a_variable_is_taken_away_where_a_file_holds_one(
    demo: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKIN_MASTER_KEY", "ab" * 32)

    assert next_line(demo("doctor")) == "unset CHECKIN_MASTER_KEY"


def test_a_fault_that_no_line_mends_is_named_first(demo: Run, home: Path) -> None:
    (home / "master.key").write_text("no key\n")

    assert next_line(demo("doctor")) == "see below: master key"


@contextmanager
def answering(body: bytes) -> Iterator[int]:
    """Answer every request with this body, and give the port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (json.dumps({"version": VERSION}), 0, "✓ server: runs on port "),
        (
            json.dumps({"version": "0.9"}),
            1,
            f"✗ server: runs, but as version 0.9, and this is {VERSION}",
        ),
        ("<h1>It works!</h1>", 1, "✗ server: another program listens on port "),
    ],
)
def test_it_tells_who_answers_where_the_server_listens(
    demo: Run, home: Path, body: str, code: int, said: str
) -> None:
    with answering(body.encode()) as port:
        listen(home, "0.0.0.0", port, "http")
        ran = demo("doctor")

    assert (ran.code, said in ran.out) == (code, True), ran.out


def test_a_server_that_stopped_is_no_fault_but_the_next_step(
    demo: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(home, "0.0.0.0", free_port(), "https")

    ran = demo("doctor")

    assert (ran.code, next_line(ran)) == (0, "python -m checkin run --host 0.0.0.0 --tls")


def test_on_a_server_the_unit_is_started(
    demo: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "marhaba.service").touch()
    monkeypatch.setattr(lines, "UNIT", tmp_path / "marhaba.service")
    monkeypatch.setattr(lines, "SERVERS_HOME", home.resolve())

    ran = demo("doctor")

    assert next_line(ran) == "sudo systemctl restart marhaba"
    assert "\n    sudo systemctl restart marhaba-worker\n" in ran.out


def test_machines_read_the_same_as_json(run: Run) -> None:
    ran = run("doctor", "--json")

    told = json.loads(ran.out)
    assert ran.code == 1
    assert (told["well"], told["next"], told["way"]) == (False, "python -m checkin init", "")
    assert told["checks"][:2] == [
        {"name": "settings", "state": "well", "detail": "", "to_type": ""},
        {
            "name": "master key",
            "state": "missing",
            "detail": told["checks"][1]["detail"],
            "to_type": "python -m checkin init",
        },
    ]


def test_a_terminal_without_such_signs_gets_letters(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from checkin.cli.doctor import command

    monkeypatch.setattr(command, "_can_write", lambda _text: False)

    ran = run("doctor")

    assert "\nok settings\nBAD master key: " in ran.out
    assert sys.stdout.encoding
