import json
from pathlib import Path

import pytest

from scanner.camera.debounce import WEDGE_S, Debounce, Showing

VECTORS = Path(__file__).parents[2] / "vectors" / "debounce.json"
CASES = json.loads(VECTORS.read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_pictures_show_what_the_vectors_say(case):
    debounce = Debounce(case["quiet_s"])

    for at, texts, *taken_back in case["pictures"]:
        assert debounce.picture(texts, at) == texts
        for text in taken_back[0] if taken_back else ():
            debounce.release(text)


def test_a_hand_scanner_that_reads_twice_at_once_sends_one_code():
    debounce = Debounce(WEDGE_S)

    readings = [debounce.reading("M1", at) for at in (0, 0.3, 1.4, 3.9)]

    assert readings == [Showing.NEW, Showing.HELD, Showing.AGAIN, Showing.NEW]


def test_a_forgotten_badge_is_new_at_once():
    debounce = Debounce()
    debounce.picture(["M1"], 0)

    debounce.forget("M1")

    assert debounce.picture(["M1"], 0.1) == {"M1": Showing.NEW}
