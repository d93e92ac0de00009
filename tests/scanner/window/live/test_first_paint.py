import pytest

from scanner.window.first_paint import EVERY_S, TRIES, FirstPaint


class Screen:
    """An X server that paints after some tries, as Qt does or does not."""

    def __init__(self, paints_after):
        self.shown_again = 0
        self.looked = 0
        self._paints_after = paints_after

    def windows(self):
        return [7, 8]

    def is_painted(self, window):
        assert window == 7
        self.looked += 1
        return self.shown_again >= self._paints_after

    def show_again(self):
        self.shown_again += 1


def turns(first_paint, count):
    for number in range(count):
        first_paint.see_to_it(number * EVERY_S / 10)


@pytest.mark.parametrize("paints_after", [0, 1, 3])
def test_a_window_that_nobody_sees_is_shown_again_until_it_is_seen(paints_after):
    screen = Screen(paints_after)
    turns(FirstPaint(screen, 0), 1000)

    assert (screen.shown_again, screen.looked) == (paints_after, paints_after + 1)


def test_a_screen_that_stays_black_is_given_up():
    screen = Screen(paints_after=1000)
    turns(FirstPaint(screen, 0), 1000)

    assert screen.shown_again == TRIES


def test_without_x11_the_window_is_not_checked():
    turns(FirstPaint(None, 0), 100)
