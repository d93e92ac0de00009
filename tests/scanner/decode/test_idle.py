import numpy as np

from scanner.decode.engines import Zxing
from scanner.decode.idle import EVERY, LOOKS, Idle
from scanner.decode.stream import stream_decoder
from tests.scanner.decode.pictures import a_code, qr, scene

CODE = a_code(0xC0FFEE)
# Each with noise of its own, as a camera's frames.
HALLS = [scene(seed=number) for number in range(4)]
SHOWN = [scene(qr(CODE), seed=number) for number in range(4)]
FAR = [scene(qr(CODE, 3), seed=number) for number in range(4)]


class Counting:
    """A decoder that counts how often it is asked."""

    def __init__(self, decoder):
        self.decoder = decoder
        self.asked = 0

    def read(self, grey):
        self.asked += 1
        return self.decoder.read(grey)


class SeesAtTurns:
    """A decoder that reads only at every third call, like a step that alternates."""

    def __init__(self):
        self.decoder = Zxing()
        self.looks = 0

    def read(self, grey):
        self.looks += 1
        return self.decoder.read(grey) if self.looks % 3 == 1 else []


def texts(readings):
    return [reading.text for reading in readings]


def test_a_hall_where_nothing_moves_is_looked_at_every_fifth_frame():
    decoder = Counting(Zxing())
    idle = Idle(decoder)

    for number in range(LOOKS + 10 * EVERY):
        idle.read(HALLS[number % 4])

    assert LOOKS <= decoder.asked <= LOOKS + 10


def test_a_badge_that_appears_in_a_still_hall_is_read_at_once_and_gone_when_it_goes():
    idle = Idle(stream_decoder(None))
    for number in range(30):
        idle.read(HALLS[number % 4])

    shown = [texts(idle.read(picture)) for picture in FAR[:3]]
    gone = [texts(idle.read(picture)) for picture in HALLS[:3]]

    assert (shown, gone) == ([[CODE]] * 3, [[]] * 3)


def test_a_badge_held_still_stays_in_view_in_every_frame():
    idle = Idle(SeesAtTurns())

    seen = [texts(idle.read(SHOWN[number % 4])) for number in range(80)]

    assert seen == [[CODE]] * 80


def test_a_badge_too_small_to_move_the_thumbnail_is_found_all_the_same():
    idle = Idle(stream_decoder(None))
    hall = scene()
    for _ in range(30):
        idle.read(hall)
    code = qr(CODE, 2)
    faint = hall.copy()
    place = (slice(40, 40 + code.shape[0]), slice(40, 40 + code.shape[1]))
    faint[place] = np.clip(120 + (code.astype(int) - 128) * 0.10, 0, 255)

    seen = [texts(idle.read(faint)) for _ in range(3 * EVERY)]

    assert seen[-1] == [CODE]


def test_a_code_that_no_look_finds_any_more_is_let_go():
    class Once:
        def __init__(self):
            self.answers = [Zxing().read(SHOWN[0])]

        def read(self, grey):
            return self.answers.pop() if self.answers else []

    idle = Idle(Once())

    seen = [texts(idle.read(SHOWN[0])) for _ in range(60)]

    assert (seen[0], seen[-1]) == ([CODE], [])
