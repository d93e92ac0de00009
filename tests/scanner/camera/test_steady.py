"""A network camera that closes its connection, and whose frames go on when it returns."""

import itertools
import threading

import cv2
import pytest

from scanner.camera.sources import Live
from scanner.camera.steady import Steady, waits, why_closed
from scanner.core.errors import CameraDenied, CameraInUse, NoCamera
from tests.scanner.camera.test_sources import Webcam


def open_camera(url):
    capture = cv2.VideoCapture(url)
    if not capture.isOpened():
        raise NoCamera(source=url)
    return Live(url, capture)


def codes(told):
    return [fault.code if fault else "back" for fault in told]


def test_frames_go_on_after_a_lost_camera_returned_and_both_are_reported():
    told = []
    with Webcam(12, pause_s=0.01) as webcam:
        steady = Steady(webcam.url, open_camera, pauses=lambda: itertools.repeat(0.05))
        steady.tell = told.append
        for _ in steady:
            if codes(told).count("back") == 2:
                break
        steady.close()

    assert codes(told) == ["camera_lost", "back", "camera_lost", "back"]


def test_a_camera_that_is_not_there_is_told_once_and_found_when_it_comes():
    told, tries = [], []

    def comes_at_the_third_try(source):
        tries.append(source)
        if len(tries) < 3:
            raise NoCamera(source="99")
        return open_camera(source)

    with Webcam(12, pause_s=0.01) as webcam:
        steady = Steady(webcam.url, comes_at_the_third_try, pauses=lambda: itertools.repeat(0.01))
        steady.tell = told.append
        next(iter(steady))
        steady.close()

    assert (codes(told), len(tries)) == (["no_camera", "back"], 3)


def test_closing_ends_the_wait_for_a_camera():
    def never(source):
        raise NoCamera(source="99")

    steady = Steady("99", never, pauses=lambda: itertools.repeat(60.0))
    looking = threading.Thread(target=lambda: list(steady))
    looking.start()
    steady.close()
    looking.join(timeout=5)

    assert not looking.is_alive()


def test_the_pauses_grow_to_ten_seconds_and_stay_there():
    assert list(itertools.islice(waits(), 7)) == [0.5, 1, 2, 4, 8, 10, 10]


@pytest.mark.parametrize(
    ("exists", "may_open", "fault"),
    [(False, False, NoCamera), (True, False, CameraDenied), (True, True, CameraInUse)],
)
def test_absent_denied_and_in_use_are_told_apart(exists, may_open, fault):
    assert type(why_closed("0", exists=exists, may_open=may_open)) is fault
