"""A practice badge in the gate's window: marked as practice, and not counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checkin.domain.scanning.facts import Direction
from scanner.server.events import LinkSeen
from scanner.window.card_lines import lines_of
from scanner.window.drawing.card import card_image
from scanner.window.drawing.compose import VIEW
from scanner.window.drawing.strip import cells_of
from scanner.window.recent_scans import Card
from scanner.window.state import Screen, after
from tests.scanner.verdicts import a_verdict

YELLOW = (255, 212, 0)


@pytest.fixture
def practised():
    return replace(a_verdict(), participant=None, delegation=None, rehearsal=True)


def yellow_share(image):
    top = image.crop((0, 0, image.width, 20)).get_flattened_data()
    return sum(pixel == YELLOW for pixel in top) / len(top)


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "EXERCICE"), ("ar", "تمرين"), ("en", "REHEARSAL")]
)
def test_the_card_of_a_practice_badge_says_rehearsal_and_has_stripes(practised, language, said):
    real, practice = (Card(verdict, 0) for verdict in (a_verdict(), practised))
    lines = [dict(lines_of(card, language, "UTC")) for card in (real, practice)]

    assert lines[1]["rehearsal"].startswith(said)
    assert "rehearsal" not in lines[0]
    real, practice = (card_image(card, language, "UTC", VIEW) for card in (real, practice))
    assert (yellow_share(real), yellow_share(practice) > 0.3) == (0, True)


def test_a_practice_badge_counts_nobody_and_cannot_be_taken_back(practised):
    screen = after(Screen(type=Direction.ENTRY), a_verdict(), 0.0)

    practising = after(screen, practised, 1.0)

    assert practising.admitted == 1
    assert [scan.verdict for scan in practising.recent.undoable] == [screen.cards[0].verdict]


def test_the_strip_says_rehearsal_as_long_as_it_lasts():
    during = after(Screen(), LinkSeen(online=True, counts={"rehearsal": True}), 0.0)
    over = after(during, LinkSeen(online=True, counts={"rehearsal": False}), 1.0)

    assert cells_of(during)[0].value == "EXERCICE"
    assert "EXERCICE" not in [cell.value for cell in cells_of(over)]
