import json
import os
import signal
import subprocess
import sys

import pytest

from scanner.core.scan import ref_of
from tests.scanner.conftest import ROOT
from tests.scanner.decode.pictures import FATIMA, YOUSSEF, a_code, qr, scene, write_video
from tests.scanner.server.fake_server import PAIRING_CODE, TOKEN, FakeServer
from tests.support.waiting import wait_for

ONE, TWO, UNKNOWN = a_code(1), a_code(2), a_code(3)


@pytest.fixture
def server():
    with FakeServer({ONE: FATIMA, TWO: YOUSSEF}) as server:
        yield server


@pytest.fixture
def video(tmp_path):
    # Two badges at once, a stranger's code, then the first badge again: still the same showing.
    path = tmp_path / "gate.avi"
    codes = [(ONE, TWO), (UNKNOWN,), ("https://example.org",), (ONE,)]
    write_video(path, [scene(*(qr(text, 5) for text in shown)) for shown in codes])
    return path


def lines(run):
    return [json.loads(line) for line in run.stdout.splitlines()]


def summary(run):
    return sorted((v["code"], v["status"], v["reason"], v["offline"]) for v in lines(run))


def headless(server, source, *more):
    return ["--server", server.url, "--source", source, "--headless", *more]


def test_a_video_of_badges_gives_one_json_line_for_each_time_a_badge_is_shown(
    run_scanner, server, video
):
    run = run_scanner(*headless(server, video, "--token", TOKEN))

    assert (run.returncode, summary(run)) == (
        0,
        sorted(
            [
                (ONE, "ok", None, False),
                (TWO, "ok", None, False),
                (UNKNOWN, "error", "invalid", False),
            ]
        ),
    )
    assert run.stderr == "Ce code n’est pas un de nos badges\u00a0: demander le badge\n"
    assert len(server.answers) == 3


def test_a_line_says_everything_of_the_contract(run_scanner, server, tmp_path):
    write_video(tmp_path / "one.avi", [scene(qr(ONE))])

    (line,) = lines(run_scanner(*headless(server, tmp_path / "one.avi", "--token", TOKEN)))

    ((body, _),) = server.answers.values()
    assert line == {
        "code": ONE,
        "status": "ok",
        "reason": None,
        "message": "Bienvenue",
        "participant": FATIMA,
        "delegation": {"id": 1, "name": "Khémisset", "arrived": 412, "quota": 1000},
        "flags": [],
        "offline": False,
        "at": body["scanned_at"],
    }
    assert (body["type"], body["source"]) == ("entry", "camera")


def test_pairing_once_is_enough(run_scanner, server, video, tmp_path):
    paired = run_scanner(*headless(server, video, "--pair", PAIRING_CODE))
    again = run_scanner(*headless(server, video, "--language", "en"))

    assert (paired.returncode, again.returncode) == (0, 0)
    assert "Associé à la porte Porte A" in paired.stderr
    assert {v["reason"] for v in lines(again)} == {"already_redeemed", "invalid"}
    stored = tmp_path / "config" / "marhaba" / "scanner.json"
    assert stat_mode(stored) == 0o600


def stat_mode(path):
    return path.stat().st_mode & 0o777


def test_scans_of_a_gate_without_a_server_arrive_at_the_next_start(run_scanner, video, tmp_path):
    server = FakeServer({ONE: FATIMA, TWO: YOUSSEF})
    with server:
        pass  # now its port is closed, and known
    offline = run_scanner(*headless(server, video, "--token", TOKEN))
    write_video(tmp_path / "nothing.avi", [scene()])
    with server:
        later = run_scanner(*headless(server, tmp_path / "nothing.avi", "--token", TOKEN))

    assert (offline.returncode, {v["offline"] for v in lines(offline)}) == (0, {True})
    assert "Scans pas encore envoyés\u00a0: 3" in offline.stderr
    assert later.stdout == ""
    assert later.stderr.splitlines() == [
        "Scans en attente envoyés\u00a0: 3",
        "Entrées hors ligne contestées par le serveur\u00a0: 1. Prévenez l’organisateur.",
    ]
    assert len(server.answers) == 3
    assert {s["decided"]["status"] for b in server.batches for s in b["scans"]} == {"ok"}


def test_a_scanner_killed_before_its_answer_sends_the_scan_at_the_next_start(
    run_scanner, scanner_env, server, tmp_path
):
    write_video(tmp_path / "one.avi", [scene(qr(ONE))])
    server.mood = "silent"
    arguments = headless(server, str(tmp_path / "one.avi"), "--token", TOKEN)
    arguments += ["--spool", str(tmp_path / "spool")]
    killed = subprocess.Popen(
        [sys.executable, "-m", "scanner", *arguments], cwd=ROOT, env=scanner_env
    )
    wait_for(lambda: "/api/v1/scans" in server.asked, "the scan to be on its way")
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    server.mood = "well"
    write_video(tmp_path / "nothing.avi", [scene()])

    arguments[arguments.index("--source") + 1] = str(tmp_path / "nothing.avi")
    again = run_scanner(*arguments)

    assert again.returncode == 0
    [(body, _)] = server.answers.values()
    # A slow machine lets the server take the killed scanner's own request, which has the code.
    assert body.get("badge_ref", ref_of(ONE)) == ref_of(ONE)
    assert body.get("code", ONE) == ONE


def test_a_revoked_device_stops_with_a_sentence(run_scanner, server, video):
    run = run_scanner(*headless(server, video, "--token", "revoked", "--language", "en"))

    assert run.returncode == 2
    assert "pair it again with --pair CODE" in run.stderr
    assert "Traceback" not in run.stderr


def test_an_image_and_a_folder_of_images_are_sources_too(run_scanner, server, tmp_path):
    import cv2

    folder = tmp_path / "صور"
    folder.mkdir()
    for name, code in (("b.png", TWO), ("a.png", ONE)):
        (folder / name).write_bytes(cv2.imencode(".png", scene(qr(code)))[1])
    (folder / "note.txt").write_text("not a picture")

    run = run_scanner(*headless(server, folder, "--token", TOKEN))

    assert [v["code"] for v in lines(run)] == [ONE, TWO]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--source", "7", "--headless"], "Camera 7 does not open"),
        (["--source", "none.avi", "--headless"], "none.avi does not exist"),
        (["--source", __file__, "--headless"], "No readable picture in"),
        (["--source", "http://127.0.0.1:9/x.mjpg", "--headless"], "No readable picture in"),
        (["--source", "0"], "No screen"),
    ],
)
def test_what_cannot_start_says_what_to_do(run_scanner, arguments, sentence):
    run = run_scanner(
        "--server", "http://127.0.0.1:9", "--token", "t", "--language", "en", *arguments
    )

    assert (run.returncode, run.stdout) == (2, "")
    assert sentence in run.stderr
    assert len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "ajoutez --pair CODE"),
        (["--pair", "1"], "Le serveur http://127.0.0.1:9 ne répond pas"),
        (["--token", "t", "--cafile", "none.pem"], "Le certificat none.pem n’existe pas"),
        (["--token", "t", "--spool", __file__], "impossible d’écrire sur le disque"),
    ],
)
def test_a_gate_that_cannot_be_opened_says_what_to_do(run_scanner, video, arguments, sentence):
    run = run_scanner("--server", "http://127.0.0.1:9", "--source", video, "--headless", *arguments)

    assert run.returncode == 2
    assert sentence in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_a_display_without_a_server_counts_as_no_display(run_scanner, scanner_env, server, video):
    scanner_env["DISPLAY"] = ":4095"

    run = run_scanner("--server", server.url, "--token", TOKEN, "--source", video)

    assert run.returncode == 2
    assert run.stderr.startswith("Aucun écran")
