import json

import cv2

from tests.scanner.decode.pictures import a_code, qr, scene

ONE, TWO = a_code(1), a_code(2)


def write(path, grey):
    path.write_bytes(cv2.imencode(".png", grey)[1])
    return path


def test_each_image_is_one_json_line(run_scanner, tmp_path):
    both = write(tmp_path / "both.png", scene(qr(ONE), qr(TWO)))
    none = write(tmp_path / "لا شيء.png", scene())

    run = run_scanner("--decode", both, none)

    first, second = map(json.loads, run.stdout.splitlines())
    assert (run.returncode, run.stderr) == (0, "")
    assert (first["path"], sorted(first["texts"])) == (str(both), sorted([ONE, TWO]))
    assert (second["path"], second["texts"]) == (str(none), [])
    assert first["ms"] > 0


def test_an_image_that_cannot_be_opened_does_not_stop_the_others(run_scanner, tmp_path):
    good = write(tmp_path / "good.png", scene(qr("any text")))
    empty, text = tmp_path / "empty.png", tmp_path / "text.png"
    empty.write_bytes(b"")
    text.write_text("not a picture")

    run = run_scanner("--decode", tmp_path / "missing.png", empty, text, tmp_path, good)

    results = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 1
    assert [r.get("error") for r in results] == [
        "no such file",
        "not an image that can be read",
        "not an image that can be read",
        "no such file",
        None,
    ]
    assert results[-1]["texts"] == ["any text"]
