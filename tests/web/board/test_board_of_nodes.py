"""Real servers on one PostgreSQL tell one another's boards of what they have committed."""

from __future__ import annotations

import time

import psycopg
import pytest
from sqlalchemy import text

from checkin.db.changes import CHANNEL
from tests.support import factories
from tests.support.servers.nodes import Board, boards, nodes, scan_at
from tests.support.waiting import wait_for

pytestmark = pytest.mark.postgres
_OF_NODE = "FROM pg_stat_activity WHERE application_name = :name AND datname = current_database()"
_LISTENING = "query LIKE 'LISTEN%'"


@pytest.fixture
def databases(postgres_databases):
    """One server process alone serves a SQLite file."""
    return postgres_databases


@pytest.fixture
def token(database, event):
    return factories.a_new_device(database, event).token


@pytest.fixture
def codes(database, event):
    return factories.badges(database, event, 8)


def asked(database, what: str, node: str):
    """Ask PostgreSQL about the connections of a node."""
    with database.reading() as connection:
        return connection.execute(text(f"SELECT {what} {_OF_NODE}"), {"name": node}).all()


def last_statement(database, node: str):
    """When a node last sent a statement."""
    [(at,)] = asked(database, "max(query_start)", node)
    return at


def listening(database, node: str) -> int:
    return len([query for (query,) in asked(database, "query", node) if query.startswith("LISTEN")])


def until_a_statement(database, node: str) -> None:
    """Wait until a node looks, as it does seldom; then it is quiet for seconds."""
    before = last_statement(database, node)
    wait_for(lambda: last_statement(database, node) != before)
    time.sleep(1)


def test_a_scan_at_one_node_is_on_the_board_of_another_that_asked_nothing_before(
    tmp_path, database_url, database, token, codes
):
    with nodes(2, tmp_path, database_url) as (here, there), boards(1, there, token) as (board,):
        until_a_statement(database, "node-1")
        before = last_statement(database, "node-1")
        time.sleep(2)
        assert last_statement(database, "node-1") == before

        assert scan_at(here, token, codes[0]) == ("ok", None)

        assert board.told_of(arrived=1).result(timeout=10)


def test_boards_of_all_nodes_follow_scans_of_all_nodes_while_connections_are_cut(
    tmp_path, database_url, database, token, codes
):
    with nodes(3, tmp_path, database_url) as servers:
        open_boards = [Board(server, token) for server in servers]
        for at, code in enumerate(codes):
            node = f"node-{at % 3}"
            wait_for(lambda node=node: listening(database, node) == 1)
            with database.reading() as connection:
                kill = f"SELECT pg_terminate_backend(pid) {_OF_NODE} AND {_LISTENING}"
                connection.execute(text(kill), {"name": node})
            assert scan_at(servers[(at + 1) % 3], token, code) == ("ok", None)
        told = [board.told_of(arrived=len(codes)) for board in open_boards]

        assert all(each.result(timeout=30) for each in told)
        for board in open_boards:
            board.close()


def test_a_command_beside_the_servers_reaches_the_boards(
    tmp_path, database_url, database, token, event
):
    factories.a_delegation(database, event, "Salé")
    factories.a_category(database, event, "Militant")
    people = tmp_path / "people.csv"
    people.write_text("nom,prénom,catégorie\nAlaoui,Amina,Militant\n", "utf-8")
    address = database_url.replace("+psycopg", "")
    with (
        nodes(1, tmp_path, database_url) as (server,),
        boards(1, server, token) as (board,),
        psycopg.connect(address, autocommit=True) as listening,
    ):
        listening.execute(f"LISTEN {CHANNEL}")

        server.command("import", people, "--delegation", "Salé")

        assert list(listening.notifies(timeout=5, stop_after=1))
        assert board.told_of(registered=1).result(timeout=30)


def test_a_server_without_boards_asks_nothing_and_does_not_listen(
    tmp_path, database_url, database, token
):
    with nodes(1, tmp_path, database_url) as (server,):
        with boards(1, server, token):
            wait_for(lambda: listening(database, "node-0") == 1)
        wait_for(lambda: listening(database, "node-0") == 0, timeout_s=60)
        before = last_statement(database, "node-0")
        time.sleep(7)

        assert (last_statement(database, "node-0"), listening(database, "node-0")) == (before, 0)
