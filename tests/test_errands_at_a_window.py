"""How many keys the errands beside scanning take in the scanner's window, and that they do it."""

from __future__ import annotations

import contextlib

import pytest

from tests.support import factories
from tests.support.errands import ERRANDS, done, with_people
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import Server
from tests.support.window_gate import WindowGate


@pytest.fixture
def databases(sqlite_databases):
    """A window sees no difference between databases."""
    return sqlite_databases


@pytest.fixture
def server(database_url, event, tmp_path):
    settings = {
        "CHECKIN_DATABASE_URL": database_url,
        "CHECKIN_MASTER_KEY": factories.MASTER_KEY.hex(),
    }
    server = Server(tmp_path, begin=by_fork, **settings)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def gate(server, database, event, tmp_path):
    leader = with_people(database, event)
    token = factories.a_new_device(database, event, "Porte 1").token
    with contextlib.closing(WindowGate(server.url, token, tmp_path / "gate", leader)) as gate:
        yield gate


@pytest.mark.parametrize(
    ("name", "keys", "admitted"),
    [("forgotten badge", 6, "Khadija Lazrak"), ("namesake", 8, "Omar Tazi")],
)
def test_whoever_has_no_badge_is_let_in_by_as_many_keys_as_on_the_page(gate, name, keys, admitted):
    done(gate, ERRANDS[name])

    assert (gate.admitted, ERRANDS[name].keys) == (admitted, keys)


def test_a_bus_of_fifty_without_two_is_let_in_by_seven_keys(gate):
    done(gate, ERRANDS["bus of 50"])

    result = gate.screen.bus.result
    assert (result.let_in, result.already, len(result.refused)) == (46, 1, 1)
    assert ERRANDS["bus of 50"].keys == 7
