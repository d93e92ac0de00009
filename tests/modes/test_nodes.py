"""Nodes that are killed and a database that restarts in the middle of the first day."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.modes.behind_caddy import caddy_before
from tests.modes.behind_nginx import nginx_before
from tests.modes.counted import boards_at, every_board_shows, every_scan_is_counted_once
from tests.modes.gates import gates_of
from tests.modes.mode import Place
from tests.modes.several_nodes import several_nodes
from tests.modes.story_of_nodes import first_day_with_faults
from tests.modes.venue import can_be_apart, run_apart
from tests.services.mail.mail_server import mail_server
from tests.support.waiting import wait_for

pytestmark = pytest.mark.postgres
ALIKE = ((), (), ())
PEOPLE = 400
_PROOF_S = 900


@pytest.fixture
def place(request, tmp_path):
    if can_be_apart():
        yield None
        return
    with mail_server(tmp_path / "mail") as mail, ExitStack() as until_the_end:
        yield Place(tmp_path, mail, until_the_end, request.getfixturevalue)


def test_gates_go_on_while_a_node_is_killed_and_postgresql_restarts(place, request, tmp_path):
    if can_be_apart():
        run_apart(request.node.nodeid, tmp_path / "apart")
        return
    mode = several_nodes(place, nginx_before, ALIKE)
    place.until_the_end.callback(mode.stop)
    mode.command("init")
    mode.command("demo", "--participants", PEOPLE)
    codes = [line["code"] for line in mode.codes() if line["status"] == "confirmed"]
    early, late, last = codes[:-30], codes[-30:-1], codes[-1:]
    mode.start()
    gates = gates_of(mode, 3)

    with gates.scanning(early):
        mode.kill_node(mode.nodes[0])
        assert gates.left
    assert not gates.faults
    with gates.scanning(late):
        mode.restart_postgresql(lambda: wait_for(lambda: gates.faults, "a gate to notice it"))
    with boards_at(mode.surviving(), gates.tokens[0]) as boards:
        gates.scan(last * 3)
        every_board_shows(boards, len(codes))

    assert gates.verdicts() == {("ok", None): len(codes), ("error", "already_redeemed"): 2}
    every_scan_is_counted_once(mode, gates, len(codes))
    assert "Traceback" not in mode.printed()


#: nginx sends a scan whose node died to the next; Caddy before 2.11 answers 502, and the gate does
PROXIES = {"nginx": (nginx_before, frozenset()), "caddy": (caddy_before, frozenset({"502"}))}


@pytest.mark.proof
@pytest.mark.browser
@pytest.mark.timeout(_PROOF_S + 20)
@pytest.mark.parametrize("name", PROXIES)
def test_the_first_day_with_three_nodes_and_its_faults(name, place, request, tmp_path):
    if can_be_apart():
        run_apart(request.node.nodeid, tmp_path / "apart", _PROOF_S)
        return
    chromium = request.getfixturevalue("chromium")
    proxy_before, gates_may_see = PROXIES[name]
    mode = several_nodes(place, proxy_before)
    place.until_the_end.callback(mode.stop)
    first_day_with_faults(mode, chromium, gates_may_see=gates_may_see)
