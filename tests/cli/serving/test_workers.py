"""`run --workers 3`: three processes behind one port are one server, on PostgreSQL only."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import text

from checkin.db.models import Role
from tests.support import factories
from tests.support.racing import race
from tests.support.servers.nodes import answers, boards, nodes, scan_at, sign_in, streams_by_process
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for
from tests.web.browsing import PASSWORD, an_operator

EMAIL = "organiser@example.org"


@pytest.fixture
def databases(postgres_databases):
    """Several processes serve PostgreSQL only."""
    return postgres_databases


@pytest.fixture
def token(database, event):
    return factories.a_new_device(database, event).token


@pytest.fixture
def server(tmp_path, database_url, database):
    an_operator(database, Role.ORGANISER)
    with nodes(1, tmp_path, database_url, "--workers", "3") as (server,):
        wait_for(lambda: len(streams_by_process(server)) == 3, "answers of all three processes")
        yield server


@pytest.mark.postgres
def test_one_badge_at_all_processes_is_admitted_once(server, database, event, token):
    code = factories.a_badge(database, event)

    told = race(24, lambda _at: scan_at(server, token, code))

    assert Counter(told) == {("ok", None): 1, ("error", "already_redeemed"): 23}


@pytest.mark.postgres
def test_who_signed_in_at_one_process_is_signed_in_at_all(server):
    signed_in = sign_in(server, EMAIL, PASSWORD)

    assert signed_in.status_code == 302
    assert answers(30, server, "/account", signed_in) == {200: 30}


@pytest.mark.postgres
def test_wrong_passwords_are_counted_over_all_processes(server):
    told = [sign_in(server, EMAIL, f"guess {at}").status_code for at in range(14)]

    assert told == [401] * 10 + [429] * 4


@pytest.mark.postgres
def test_boards_at_all_processes_show_a_scan(server, database, event, token):
    code = factories.a_badge(database, event)
    with boards(24, server, token) as open_boards:
        assert sum(streams_by_process(server).values()) == 24
        told = [board.told_of(arrived=1) for board in open_boards]

        assert scan_at(server, token, code) == ("ok", None)

        assert all(each.result(timeout=30) for each in told)


@pytest.mark.postgres
def test_ctrl_c_ends_all_processes_and_their_connections(server, database):
    server.stop()

    query = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'node-0'")
    with database.reading() as connection:
        wait_for(lambda: connection.scalar(query) == 0)


def test_on_sqlite_several_processes_are_refused_with_the_reason(tmp_path):
    server = Server(tmp_path / "var")
    server.command("init")

    with pytest.raises(AssertionError, match=r"--workers 2 needs PostgreSQL.*shares? .*commits"):
        server.command("run", "--workers", "2", "--port", server.port)
