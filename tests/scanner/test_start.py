import subprocess
import sys
import time

from tests.scanner.conftest import ROOT

# Everything that any way of running the scanner imports.
ALL_ROOMS = """
import sys
import scanner.__main__, scanner.gate.headless, scanner.camera.stills, scanner.window.loop
print(sorted({"flask", "sqlalchemy", "apiflask", "badges"} & set(sys.modules)))
"""


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def test_the_scanner_loads_neither_flask_nor_sqlalchemy():
    assert run(ALL_ROOMS) == "[]\n"


def test_the_command_line_answers_before_loading_opencv():
    loaded = run("import sys, scanner.__main__; print('cv2' in sys.modules)")

    assert loaded == "False\n"


def test_an_image_is_decoded_soon_after_the_start(run_scanner, tmp_path):
    began = time.monotonic()

    run_scanner("--decode", tmp_path / "missing.png")

    # The promise is 1.5 s on a quiet laptop; the tests share theirs.
    assert time.monotonic() - began < 6
