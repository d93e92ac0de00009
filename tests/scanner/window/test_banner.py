"""While all entries are stopped, the organiser's words stand over the camera's picture."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from scanner.offline.clock import DeviceClock
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.events import LinkSeen
from scanner.server.refresh import Freshness, Refresh
from scanner.window.drawing.compose import STRIP_PX, VIEW, compose
from scanner.window.drawing.tiles import cards_image
from scanner.window.state import Screen, after
from tests.scanner.offline.lists import NOON, a_list
from tests.scanner.verdicts import a_verdict

WORDS = {"fr": "Alarme incendie : vers la cour", "ar": "إنذار حريق: إلى الساحة", "en": "Fire alarm"}
RED_BGR = (0x1C, 0x1C, 0xB9)
CAMERA = np.full((720, 1280, 3), 90, np.uint8)
FRESH = Freshness(timedelta(seconds=20), False, 0.0, False)


def reddish(screen):
    """Return the share of the picture's top that is the banner's red."""
    top = compose(screen, CAMERA)[STRIP_PX : STRIP_PX + 104, : VIEW[0]]
    return float((top == RED_BGR).all(axis=2).mean())


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_words_stand_over_the_picture_until_the_stop_is_lifted(language):
    free = after(Screen(language=language), LinkSeen(True, None, FRESH), 0)
    stopped = after(free, LinkSeen(True, None, replace(FRESH, stop=WORDS)), 1)
    offline = after(stopped, LinkSeen(False, None, replace(FRESH, stop=WORDS)), 2)
    lifted = after(offline, LinkSeen(True, None, FRESH), 3)

    assert [one.banner for one in (free, stopped, offline, lifted)] == [
        "",
        WORDS[language],
        WORDS[language],
        "",
    ]
    assert reddish(free) == reddish(lifted) == 0
    assert 0.5 < reddish(stopped) < 0.99  # and something is written on it


def test_the_stop_is_heard_with_the_list_and_outlives_a_restart(tmp_path):
    def stop_heard():
        spool, held = Spool(tmp_path), HeldList(tmp_path)
        for body in lists:
            held.take(body)
        refresh = Refresh(None, held, spool, DeviceClock(lambda: NOON, lambda: 0.0))
        found = refresh.freshness().stop
        held.close()
        spool.close()
        return found

    lists = []
    heard = [stop_heard()]
    lists = [a_list(stopped=WORDS)]
    heard.append(stop_heard())
    lists = []
    heard.append(stop_heard())
    lists = [a_list(cursor=2, since=1)]
    heard.append(stop_heard())

    assert heard == [None, WORDS, WORDS, None]


def test_the_words_hide_nothing_of_a_verdict():
    stopped = after(Screen(language="fr"), LinkSeen(True, None, replace(FRESH, stop=WORDS)), 1)
    refused = a_verdict("error", "invalid_time", stop=WORDS)

    screen = after(stopped, refused, 2)

    size = (VIEW[0], VIEW[1] - 104)
    card = np.asarray(cards_image(screen.cards, "fr", "", size))[:, :, ::-1]
    shown = compose(screen, CAMERA)[STRIP_PX + 104 : STRIP_PX + VIEW[1], : VIEW[0]]
    assert (shown == card).all()
    assert reddish(screen) > 0.5
