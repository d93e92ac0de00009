"""While the database cannot serve, answers say why with 503; once it can, all is well again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections import Counter
from pathlib import Path
from threading import Event
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import event as on
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from checkin.app import create_app
from checkin.db import connecting, postgresql
from checkin.db.faults import SENTENCES, Outage
from checkin.db.models import Role
from checkin.services.board.live_counts import live_counts
from checkin.services.gates import list_passes, list_segments
from checkin.services.gates.list_passes import write_pass
from checkin.settings import Settings
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.api_client import Api, a_scan
from tests.support.databases.databases import PostgresDatabases, opened, postgres_cluster
from tests.support.factories import KEYS, NOW
from tests.support.racing import race
from tests.support.waiting import wait_for
from tests.web.browsing import PASSWORD, Browsing, an_operator

MOST_CONNECTIONS = 24


class Venue:
    """A server with a gate, some badges and an organiser who is signed in."""

    def __init__(self, url: str, home: Path, badges: int = 12) -> None:
        with opened(url) as database:
            event = factories.an_event(database)
            self.codes = factories.badges(database, event, badges)
            an_operator(database, Role.ORGANISER)
            self.token = factories.a_new_device(database, event).token
        self.event = event
        self.app = create_app(
            Settings(
                home=home,
                database_url=url,
                master_key=factories.MASTER_KEY.hex(),
                # else reading it would meet a closed connection in a scan's place
                base_url=factories.BASE_URL,
            )
        )
        self.state = self.app.extensions[EXTENSION]
        self.api = Api(self.app, self.token, 1)
        self.organiser = Browsing(self.app)
        assert self.organiser.sign_in("organiser@example.org", PASSWORD).status_code == 302

    def scan(self) -> tuple[int, str]:
        """Scan another badge; return the status and what was told."""
        return self.told(self.api.ask("POST", "/scans", json=a_scan(self.codes.pop())))

    def told(self, answer) -> tuple[int, str]:
        body = answer.json
        if answer.status_code == 503:
            assert (body["error"], int(answer.headers["Retry-After"]) > 0) == ("unavailable", True)
        return answer.status_code, body.get("detail") or body["status"]

    def page(self, path: str = "", **headers: str) -> tuple[int, str]:
        answer = self.organiser.open(f"/events/{self.event.slug}/{path}", headers=headers)
        return answer.status_code, answer.text

    def forget_connections(self) -> None:
        """Close the connections of its pools, as if it had just started."""
        for engine in self.engines:
            engine.dispose()

    @property
    def engines(self):
        return self.state.database._reader, self.state.database._writer

    def close(self) -> None:
        self.state.background_tasks.wait()
        self.state.live.close()
        self.state.database.dispose()


OUTAGE = {outage: (503, sentence) for outage, sentence in SENTENCES.items()}
ADMITTED = (200, "ok")


@pytest.fixture(scope="module")
def cluster():
    """A PostgreSQL of these tests alone, which they stop and change."""
    with postgres_cluster(max_connections=str(MOST_CONNECTIONS)) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def clustered(cluster):
    return PostgresDatabases(cluster)


@pytest.fixture
def venue(clustered, tmp_path):
    with clustered.fresh(tmp_path) as url:
        venue = Venue(url, tmp_path)
        yield venue
        venue.close()


@pytest.mark.postgres
class TestReadOnly:
    @pytest.fixture(autouse=True)
    def _as_before(self, venue, cluster):
        yield
        self.set_all(cluster, "off")

    def set_all(self, cluster, value):
        cluster.run(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        cluster.run("SELECT pg_reload_conf()")
        wait_until(lambda: cluster.shown("default_transaction_read_only") == value)

    def set_new_sessions(self, cluster, venue, value):
        name = make_url(venue.state.database.url).database
        cluster.run(f"ALTER DATABASE {name} SET default_transaction_read_only = {value}")

    def test_scans_are_told_so_and_pass_once_it_takes_changes(self, venue, cluster):
        assert venue.scan() == ADMITTED
        self.set_all(cluster, "on")
        wait_until(lambda: venue.scan() == OUTAGE[Outage.READ_ONLY])

        self.set_all(cluster, "off")

        wait_until(lambda: venue.scan() == ADMITTED)

    def test_lists_counts_and_pages_are_still_read(self, venue, cluster):
        self.set_all(cluster, "on")
        wait_until(lambda: venue.scan() == OUTAGE[Outage.READ_ONLY])

        read = [venue.api.ask("GET", path).status_code for path in ("/gate-list", "/status")]
        reported = venue.api.ask("GET", "/status?waiting=3").status_code
        ready = venue.app.test_client().get("/readyz")

        assert (read, reported, venue.page("board")[0]) == ([200, 200], 200, 200)
        assert (ready.status_code, "read-only" in ready.json["faults"]["database"]) == (503, True)

    def test_a_form_is_answered_with_a_page_in_the_readers_language(self, venue, cluster):
        self.set_all(cluster, "on")
        wait_until(lambda: venue.scan() == OUTAGE[Outage.READ_ONLY])

        refused = Browsing(venue.app).send("/login", email="organiser@example.org", password="x")

        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
        assert "La base de données n’accepte aucune modification" in refused.text

    def test_sessions_that_began_read_only_are_replaced(self, venue, cluster):
        self.set_new_sessions(cluster, venue, "on")
        venue.forget_connections()
        during = [venue.scan() for _ in range(2)]

        self.set_new_sessions(cluster, venue, "off")

        assert during == [OUTAGE[Outage.READ_ONLY]] * 2
        assert [venue.scan() for _ in range(3)] == [ADMITTED] * 3

    def test_control_sessions_that_stay_keep_refusing(self, venue, cluster):
        for engine in venue.engines:
            on.remove(engine, "handle_error", postgresql.leave_a_read_only_server)
        self.set_new_sessions(cluster, venue, "on")
        venue.forget_connections()
        assert venue.scan() == OUTAGE[Outage.READ_ONLY]

        self.set_new_sessions(cluster, venue, "off")

        assert venue.scan() == OUTAGE[Outage.READ_ONLY]


@pytest.mark.postgres
class TestRestart:
    def open_connections(self, venue):
        """Have as many connections in the pools as a busy server."""
        database = venue.state.database
        race(5, lambda _: hold_both(database))

    def test_a_restart_between_two_scans_is_not_noticed(self, venue, cluster):
        self.open_connections(venue)
        cluster.shut_down()
        cluster.start_again()

        assert [venue.scan() for _ in range(10)] == [ADMITTED] * 10
        assert venue.page("board")[0] == 200

    def test_control_connections_that_are_not_looked_at_fail_once(self, venue, cluster):
        for engine in venue.engines:
            on.remove(engine, "checkout", postgresql.refuse_closed)
        self.open_connections(venue)
        cluster.shut_down()
        cluster.start_again()

        with venue.state.database.read() as session, pytest.raises(OperationalError):
            session.execute(text("SELECT 1"))

    def test_while_it_is_down_everybody_is_told_so(self, venue, cluster):
        cluster.shut_down()
        try:
            scanned = venue.scan()
            status, page = venue.page("board")
            arabic = venue.page("board", **{"Accept-Language": "ar"})[1]
            ready = venue.app.test_client().get("/readyz")
        finally:
            cluster.start_again()

        assert scanned == OUTAGE[Outage.AWAY]
        assert (status, "La base de données ne répond pas" in page) == (503, True)
        assert "قاعدة المعطيات لا تستجيب" in arabic
        assert ready.status_code == 503
        assert venue.scan() == ADMITTED
        assert venue.page("board")[0] == 200

    def test_scans_of_eight_gates_across_a_restart_are_each_stored_once(
        self, clustered, cluster, tmp_path
    ):
        with clustered.fresh(tmp_path) as url:
            venue = Venue(url, tmp_path, badges=160)
            parts = [venue.codes[at::8] for at in range(8)]
            begun = Event()

            def scan_all(at):
                if at == 8:
                    begun.wait(30)
                    cluster.shut_down()
                    cluster.start_again()
                    return []
                return [sent_until_taken(venue, code, begun) for code in parts[at]]

            told = [answer for gate in race(9, scan_all) for answer in gate]
            with venue.state.database.read() as session:
                arrived = live_counts(session, venue.event.id, day=1).totals["arrived"]
            venue.close()

        assert {status for statuses in told for status in statuses[:-1]} <= {503}
        assert Counter(statuses[-1] for statuses in told) == {200: 160}
        assert arrived == 160


def sent_until_taken(venue, code, begun):
    """Send one scan again and again, as a gate does; return the statuses."""
    api, body, statuses = Api(venue.app, venue.token, 1), a_scan(code, scan_id=str(uuid4())), []
    while not statuses or statuses[-1] == 503:
        statuses.append(api.ask("POST", "/scans", json=body).status_code)
        begun.set()
    return statuses


def hold_both(database):
    with database.reading() as reads, database.writing() as writes:
        for connection in (reads, writes):
            connection.exec_driver_sql("SELECT pg_sleep(0.2)")


@pytest.mark.postgres
class TestOutOfConnections:
    def test_a_server_that_takes_no_more_connections_is_told(self, venue, cluster):
        host = make_url(venue.state.database.url).query["host"]
        venue.forget_connections()
        others = []
        try:
            while len(others) < MOST_CONNECTIONS:
                others.append(psycopg.connect(host=host, user="marhaba", dbname="postgres"))
        except psycopg.OperationalError:
            pass
        try:
            assert venue.scan() == OUTAGE[Outage.AWAY]  # a refused connection has no code
        finally:
            for other in others:
                other.close()

        wait_until(lambda: venue.scan() == ADMITTED)

    def test_a_process_whose_own_connections_are_all_in_use_says_so(self, venue):
        database = venue.state.database
        database._reader.pool._timeout = 0.1
        held = [database._reader.connect() for _ in range(connecting.CONNECTIONS // 2)]

        during = venue.scan()
        for connection in held:
            connection.close()

        assert (during, venue.scan()) == (OUTAGE[Outage.BUSY], ADMITTED)


def wait_until(holds):
    wait_for(holds, timeout_s=10)


class TestSqlite:
    @pytest.fixture
    def venue(self, sqlite_databases, tmp_path):
        with sqlite_databases.fresh(tmp_path) as url:
            venue = Venue(url, tmp_path)
            yield venue
            venue.close()

    @pytest.mark.parametrize("first_page", [False, True])
    def test_a_damaged_file_is_told_and_one_that_is_put_back_serves(
        self, venue, first_page, tmp_path
    ):
        file, kept = tmp_path / "marhaba.db", tmp_path / "kept.db"
        venue.forget_connections()
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM INTO ?", (str(kept),))
        connection.close()
        damage(file, from_page=0 if first_page else 1)
        during = [venue.scan() for _ in range(2)]
        page = venue.page("board")

        kept.replace(file)

        assert during == [OUTAGE[Outage.DAMAGED]] * 2
        assert (page[0], "endommagés ou illisibles" in page[1]) == (503, True)
        assert [venue.scan() for _ in range(2)] == [ADMITTED] * 2

    def test_on_a_full_disk_lists_are_read_and_scans_wait(self, sqlite_databases, tmp_path, disk):
        with sqlite_databases.fresh(disk) as url:
            venue = Venue(url, tmp_path)
            venue.state.last_seen._written.clear()
            filler = disk / "filler"
            fill(filler)

            scanned = venue.scan()
            read = [venue.api.ask("GET", path).status_code for path in ("/gate-list", "/status")]
            filler.unlink()

            assert (scanned, read) == (OUTAGE[Outage.FULL], [200, 200])
            assert venue.scan() == ADMITTED
            venue.close()

    def test_on_a_full_disk_segments_are_read_and_written_once_there_is_room(
        self, sqlite_databases, tmp_path, disk, monkeypatch
    ):
        monkeypatch.setattr(list_passes, "MOST_AT_ONCE", 3)
        monkeypatch.setattr(list_segments, "MOST_AT_ONCE", 3)
        with sqlite_databases.fresh(disk) as url:
            venue = Venue(url, tmp_path)
            database, event = venue.state.database, venue.event
            write_pass(database, event.id, KEYS, lambda: NOW)
            filler = disk / "filler"
            fill(filler)

            named = venue.api.ask("GET", "/gate-list?segments=1").json["head"]["segments"]
            path = f"/gate-list/segments/{named[0]['mark']}"
            fetched = venue.api.ask("GET", path).status_code
            with pytest.raises(OperationalError):
                write_pass(database, event.id, KEYS, lambda: NOW)
            filler.unlink()

            assert fetched == 200
            assert write_pass(database, event.id, KEYS, lambda: NOW) is not None
            venue.close()


def damage(file: Path, from_page: int) -> None:
    with file.open("r+b") as opened_file:
        pages = file.stat().st_size // 4096
        opened_file.seek(from_page * 4096)
        opened_file.write(b"\xff" * 4096 * (pages - from_page))


def fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 512)
        except OSError:
            return


@pytest.fixture
def disk(tmp_path):
    """A disk of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this container mounts no disk")
    yield place
    subprocess.run(["umount", "-l", place], check=True)
