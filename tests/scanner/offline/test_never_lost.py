"""Scans that the server does not accept are reported, kept, and never shown green."""

import sys
from contextlib import closing

import pytest

from scanner.core.scan import Scan, ref_of
from scanner.offline.spool import Spool
from scanner.server.client import Pairing
from scanner.server.device import forget, known_spools, remember
from tests.scanner.decode.pictures import FATIMA, a_code, qr, scene, write_video
from tests.scanner.gate.test_headless import headless, lines
from tests.scanner.server.fake_server import TOKEN, FakeServer

#: bytes that a file of the spool may grow to: it opens, and is full after some scans
ROOM = 120_000
ONE = a_code(1)


@pytest.fixture
def server():
    with FakeServer({ONE: FATIMA}) as server:
        yield server


def test_what_the_server_never_takes_is_told_listed_and_kept(run_scanner, server, tmp_path):
    write_video(tmp_path / "one.avi", [scene(qr(ONE))])
    server.mood = "rejecting"
    spool = ["--token", TOKEN, "--spool", tmp_path / "spool"]
    run = run_scanner(*headless(server, tmp_path / "one.avi", *spool))
    listed = [run_scanner("--server", server.url, *spool, "--set-aside") for _ in range(2)]

    assert [(v["status"], v["reason"]) for v in lines(run)] == [("error", None)]
    assert "mis de côté\u00a0: 1" in run.stderr
    for rows in map(lines, listed):
        assert [(row["badge_ref"], row["error"]) for row in rows] == [
            (ref_of(ONE), "400 invalid_request: scanned_at: too long ago")
        ]


class TestWhatWasSetAsideIsListedWithoutNamingTheServer:
    @pytest.fixture
    def paired(self, home):
        """Pair with a server and set one scan of it aside."""

        def pair(server, code):
            remember(server, Pairing("1", f"token of {server}", {}, {}))
            with closing(Spool(known_spools()[server])) as spool:
                spool.put(scan := Scan(code=code))
                spool.set_aside(scan, "400 invalid_request")

        return pair

    def test_set_aside_scans_are_listed_where_only_one_server_is_known(self, run_scanner, paired):
        paired("http://gate.local:8000", ONE)

        listed = run_scanner("--set-aside")

        assert [row["badge_ref"] for row in lines(listed)] == [ref_of(ONE)]

    def test_set_aside_scans_of_a_revoked_pairing_are_listed(self, run_scanner, paired):
        paired("http://gate.local:8000", ONE)
        forget("http://gate.local:8000", "token of http://gate.local:8000")

        assert [row["badge_ref"] for row in lines(run_scanner("--set-aside"))] == [ref_of(ONE)]

    def test_where_several_servers_are_known_they_are_listed_to_choose_from(
        self, run_scanner, paired
    ):
        paired("http://gate.local:8000", ONE)
        paired("https://10.0.0.1", a_code(2))

        listed = run_scanner("--set-aside", "--language", "en")
        chosen = run_scanner("--set-aside", "--server", "https://10.0.0.1/")

        servers = "http://gate.local:8000, https://10.0.0.1"
        said = f"This computer knows several servers: add --server and one of them ({servers}).\n"
        assert (listed.returncode, listed.stdout, listed.stderr) == (2, "", said)
        assert [row["badge_ref"] for row in lines(chosen)] == [ref_of(a_code(2))]

    def test_a_computer_that_was_never_paired_has_no_set_aside_scans(self, run_scanner, home):
        listed = run_scanner("--set-aside", "--language", "en")

        assert (listed.returncode, listed.stdout) == (2, "")
        assert listed.stderr.startswith("This computer is not paired with a gate yet.")


def test_a_badge_held_in_view_for_longer_than_the_debounce_is_one_scan(
    run_scanner, server, tmp_path
):
    write_video(tmp_path / "held.avi", [scene(qr(ONE))] * 7, frames_each=30)

    run = run_scanner(*headless(server, tmp_path / "held.avi", "--token", TOKEN))

    assert [v["status"] for v in lines(run)] == ["ok"]
    assert server.asked.count("/api/v1/scans") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX's")
def test_a_disk_that_fills_up_never_shows_green(run_scanner, server, tmp_path):
    import resource

    def small_disk():
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))

    codes = [a_code(n) for n in range(100, 130)]
    server.people |= dict.fromkeys(codes, FATIMA)
    write_video(tmp_path / "many.avi", [scene(qr(code)) for code in codes], frames_each=4)
    arguments = headless(server, tmp_path / "many.avi", "--token", TOKEN)
    arguments += ["--spool", tmp_path / "spool"]
    write_video(tmp_path / "nothing.avi", [scene()])
    run_scanner(*headless(server, tmp_path / "nothing.avi", *arguments[-4:]))

    run = run_scanner(*arguments, preexec_fn=small_disk)

    verdicts = lines(run)
    kept = [v["code"] for v in verdicts if v["status"] == "ok"]
    lost = [v for v in verdicts if v["status"] != "ok"]
    assert "Traceback" not in run.stderr
    assert kept
    assert lost
    assert all("NON enregistré" in v["message"] for v in lost)
    assert set(kept) == {body["code"] for body, _ in server.answers.values()}
