"""A database is of use with its own key and its own program alone: others are told what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from checkin.app import create_app
from checkin.db.engine import Database
from checkin.db.models import InstallationSetting
from checkin.services.common.installation_settings import kept_settings
from checkin.services.common.master_key import CHECK_VALUE
from checkin.settings import load_settings
from checkin.web.site.state import EXTENSION
from tests.cli.conftest import Run
from tests.support.databases.databases import opened
from tests.support.factories import write

ANOTHER = "ab" * 32
WRONG = "the master key is not the one that this database was made with"
WHAT_TO_DO = "restore the right master.key"


@pytest.fixture
def database(databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database without a schema, which the commands use."""
    with databases.empty(tmp_path) as url, opened(url) as database:
        monkeypatch.setenv("CHECKIN_DATABASE_URL", url)
        yield database


@pytest.fixture
def readiness(home: Path):
    """What `/readyz` answers on this node."""
    started = []

    def ask() -> tuple[int, dict[str, str]]:
        app = create_app(load_settings())
        started.append(app)
        answer = app.test_client().get("/readyz")
        return answer.status_code, answer.json.get("faults", {})

    yield ask
    for app in started:
        app.extensions[EXTENSION].live.close()
        app.extensions[EXTENSION].database.dispose()


@pytest.fixture
def ready(run: Run, database: Database) -> Run:
    assert run("init").code == 0
    return run


def an_event(run: Run, slug: str = "congres") -> None:
    named = ("--name", "Congrès", "--venue", "Salle", "--starts", "2026-12-05 15:00")
    assert run("event", "add", slug, *named).code == 0


def check_value(database: Database) -> str | None:
    with database.read() as session:
        return kept_settings(session).get(CHECK_VALUE)


def forget_check_value(database: Database) -> None:
    """Leave the database as an earlier version had it."""
    forget = delete(InstallationSetting).where(InstallationSetting.name == CHECK_VALUE)
    write(database, lambda session: session.execute(forget))


def test_init_keeps_a_value_that_tells_the_key_and_reveals_nothing_of_it(ready, home, database):
    key = (home / "master.key").read_text().strip()

    assert check_value(database) not in (None, key)
    assert len(check_value(database)) == 64
    assert key[:16] not in check_value(database)


@pytest.mark.parametrize(
    "command",
    [
        ("init",),
        ("run",),
        ("event", "add", "x", "--name", "X", "--venue", "Y", "--starts", "2026-12-05 15:00"),
        ("badges", "codes", "--csv", "-"),
        ("demo",),
    ],
    ids=lambda command: command[0],
)
def test_a_node_with_another_key_is_refused(command, ready, home, database, monkeypatch):
    an_event(ready)
    monkeypatch.setenv("CHECKIN_MASTER_KEY", ANOTHER)
    before = check_value(database)

    ran = ready(*command)

    assert (ran.code, ran.out) == (1, "")
    assert WRONG in ran.err
    assert WHAT_TO_DO in ran.err
    assert check_value(database) == before


def test_readyz_tells_that_the_key_is_another_one(ready, readiness, monkeypatch):
    well = readiness()
    monkeypatch.setenv("CHECKIN_MASTER_KEY", ANOTHER)

    status, faults = readiness()

    assert well == (200, {})
    assert (status, list(faults)) == (503, ["key"])
    assert WRONG in faults["key"]


def test_control_without_the_value_and_without_events_another_key_is_not_noticed(
    ready, readiness, database, monkeypatch
):
    forget_check_value(database)
    monkeypatch.setenv("CHECKIN_MASTER_KEY", ANOTHER)

    assert readiness() == (200, {})


def test_a_database_of_an_earlier_version_gets_the_value_from_init(ready, database):
    an_event(ready)
    kept = check_value(database)
    forget_check_value(database)

    assert ready("init").code == 0
    assert check_value(database) == kept


def test_a_database_whose_events_contradict_the_key_gets_no_value(
    ready, readiness, database, monkeypatch
):
    an_event(ready)
    forget_check_value(database)
    monkeypatch.setenv("CHECKIN_MASTER_KEY", ANOTHER)

    told = [ready("init"), ready("run")]

    assert [ran.code for ran in told] == [1, 1]
    assert all("the badges of congres were made with" in ran.err for ran in told)
    assert check_value(database) is None
    assert readiness()[0] == 503


@pytest.mark.parametrize("with_event", [False, True])
def test_init_makes_no_new_key_for_a_database_that_was_restored_without_its_own(
    with_event, ready, home, database
):
    if with_event:
        an_event(ready)
    (home / "master.key").unlink()

    ran = ready("init")

    assert (ran.code, ran.out, (home / "master.key").exists()) == (1, "", False)
    assert "master.key is missing, and this database was made with it" in ran.err
    assert "restore that file from its backup" in ran.err


def test_init_on_a_second_node_without_the_key_makes_none(ready, tmp_path, monkeypatch):
    monkeypatch.setenv("CHECKIN_HOME", str(tmp_path / "second"))

    ran = ready("init")

    assert (ran.code, ran.out) == (1, "")
    assert not (tmp_path / "second" / "master.key").exists()


NEWER = "the database was made by a newer version of Marhaba (its schema is 9999)"
COMMANDS = {
    "init": ("init",),
    "demo": ("demo",),
    "run": ("run",),
    "import": ("import", "people.csv"),
    "codes": ("badges", "codes", "--csv", "-"),
    "sheets": ("badges", "pdf", "--out", "sheets"),
    "send": ("badges", "send"),
    "bounces": ("badges", "bounces", "--webhook"),
    "reissue": ("badges", "reissue", 1, "--reason", "lost"),
    "device add": ("device", "add", "--gate", "Porte 1"),
    "device pair": ("device", "pair", "--gate", "Porte 1"),
    "device revoke": ("device", "revoke", 1),
    "operator add": ("operator", "add", "a@example.org", "--name", "A", "--role", "viewer"),
    "delegation add": ("delegation", "add", "Taza", 5),
    "participant": ("participant", "block", 1, "--reason", "x"),
    "export": ("export", "people.csv"),
    "purge": ("purge", "--yes"),
    "address": ("address",),
}


def test_every_command_refuses_a_database_that_is_newer_than_the_program(ready, database, tmp_path):
    an_event(ready)
    make_newer(database)
    (tmp_path / "people.csv").write_text("Nom;Délégation\nAmina Tazi;Taza\n", "utf-8")

    ran = {name: ready(*command) for name, command in COMMANDS.items()}

    assert {name: (one.code, one.out, NEWER in one.err) for name, one in ran.items()} == (
        dict.fromkeys(COMMANDS, (1, "", True))
    )


def test_doctor_and_readyz_tell_that_the_database_is_newer(ready, database, readiness):
    make_newer(database)

    ran, (status, faults) = ready("doctor"), readiness()

    assert (ran.code, f"✗ database: {NEWER}" in ran.out) == (1, True)
    assert (status, NEWER in faults["schema"]) == (503, True)


def make_newer(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
