"""A laptop that is paired by its own camera."""

import pytest

from scanner.gate.pairing import Invitation, code_typed, invitation_in
from tests.scanner.decode.pictures import FATIMA, a_code, qr, scene, write_video
from tests.scanner.server.fake_server import FakeServer

ONE = a_code(1)
CODE = "7K2MQ9XD"


@pytest.mark.parametrize(
    ("text", "server"),
    [
        (f"http://192.168.1.10:8000/scan#pair={CODE}", "http://192.168.1.10:8000"),
        (f"https://marhaba.example/scan?lang=ar#pair={CODE.lower()}", "https://marhaba.example"),
        (f"https://host.example/marhaba/scan#pair={CODE}", "https://host.example/marhaba"),
        (f"https://host.example/a/scan/scan/?lang=fr#pair={CODE}", "https://host.example/a/scan"),
    ],
)
def test_the_link_of_the_devices_page_is_an_invitation(text, server):
    assert invitation_in(text) == Invitation(CODE, server)


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        "",
        "https://example.org",
        "https://example.org/scan#pair=",
        "https://example.org/scan#pair=SHORT",
        f"https://example.org/scan#pair={CODE}&pair={CODE}",
        f"javascript:alert(1)#pair={CODE}",
        f"http://[broken#pair={CODE}",
        f"/scan#pair={CODE}",
    ],
)
def test_other_texts_are_no_invitation(text):
    assert invitation_in(text) is None


def test_a_typed_code_may_have_spaces_and_letters_that_look_like_digits():
    assert code_typed(" 7k2m q9xd ") == CODE
    assert code_typed("0123456O") == "01234560"
    assert code_typed("7K2MQ9X") is None


@pytest.fixture
def server():
    with FakeServer({ONE: FATIMA}) as server:
        server.pairing_code = CODE
        yield server


def test_a_scanner_pairs_by_the_qr_and_scans_on(run_scanner, server, tmp_path):
    link = f"{server.url}/scan#pair={CODE}"
    write_video(tmp_path / "gate.avi", [scene(), scene(qr(link)), scene(qr(ONE))])

    run = run_scanner("--pair", "--headless", "--source", tmp_path / "gate.avi")

    assert run.returncode == 0
    assert "Associé à la porte Porte A." in run.stderr
    assert [body["code"] for body, _ in server.answers.values()] == [ONE]


def test_a_server_that_was_named_is_kept_though_the_qr_names_another(run_scanner, server, tmp_path):
    link = f"http://localhost:9/scan#pair={CODE}"
    write_video(tmp_path / "gate.avi", [scene(qr(link))])

    run = run_scanner(
        "--server", server.url, "--pair", "--headless", "--source", tmp_path / "gate.avi"
    )

    assert (run.returncode, "Porte A" in run.stderr) == (0, True)


def test_a_source_without_an_invitation_says_what_to_do(run_scanner, tmp_path):
    write_video(tmp_path / "gate.avi", [scene(qr(ONE))])

    run = run_scanner("--pair", "--headless", "--source", tmp_path / "gate.avi")

    assert run.returncode == 2
    assert "--pair CODE" in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_neither_server_nor_pairing_is_a_wrong_command(run_scanner):
    assert run_scanner("--headless").returncode == 2
