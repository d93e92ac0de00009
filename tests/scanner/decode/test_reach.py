"""How far away a badge is read: a code of 40 mm before a lens of 70 degrees that is in focus."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from bench.decode.reach import FRAMES, far_away
from scanner.decode.engines import Zxing
from scanner.decode.several_frames import SeveralFrames
from scanner.decode.stream import crisp_and_doubled, stream_decoder, zbar_or_none

HD, VGA = (720, 1280), (480, 640)
BADGES = 3


def badges(distance_m, size, frames=FRAMES):
    """The code and the frames of each of some badges at a distance."""
    return [far_away(distance_m, size, (7, number), frames) for number in range(BADGES)]


def count(decoder, text, frames):
    """In how many frames the code was read; nothing else may ever be."""
    read = [{one.text for one in decoder.read(frame)} for frame in frames]
    assert set().union(*read) <= {text}
    return sum(text in texts for texts in read)


def test_a_sharper_picture_at_twice_the_size_reads_nearly_every_frame_at_105_cm():
    read = [count(crisp_and_doubled(), *badge) for badge in badges(1.05, HD)]

    assert sum(read) >= 0.9 * BADGES * FRAMES


def test_enlarged_by_linear_steps_no_code_is_read_at_105_cm():
    """The control: these frames need what the test before it praises."""
    linear = 0
    for text, frames in badges(1.05, HD):
        for frame in frames:
            twice = cv2.resize(frame, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
            linear += text in {one.text for one in Zxing().read(np.asarray(twice))}

    assert linear == 0


@pytest.mark.parametrize(("distance_m", "size"), [(1.25, HD), (0.65, VGA)])
def test_a_running_camera_reads_a_badge_within_ten_frames(distance_m, size):
    read = [count(stream_decoder(zbar_or_none()), *badge) for badge in badges(distance_m, size)]

    assert min(read) >= 1


def test_several_frames_together_read_what_none_of_them_holds():
    """Within a second, at a distance at which no frame holds enough of a code for zxing-cpp."""
    for text, frames in badges(1.25, HD, frames=30):
        apart = sum(text in {one.text for one in Zxing().read(frame)} for frame in frames)
        assert (apart, count(SeveralFrames(), text, frames) > 0) == (0, True)


def test_corners_are_given_in_pixels_of_the_frame():
    [(text, frames), *_] = badges(1.05, HD)
    decoder = SeveralFrames()
    [reading] = [one for frame in frames for one in decoder.read(frame)][-1:]
    [expected] = crisp_and_doubled().read(frames[-1])

    assert (reading.text, expected.text) == (text, text)
    assert np.abs(np.array(reading.corners) - np.array(expected.corners)).max() <= 8


def test_a_frame_without_print_is_passed_over():
    decoder = SeveralFrames()

    assert [decoder.read(np.full(HD, 128, np.uint8)) for _ in range(6)] == [[]] * 6


def test_a_picture_smaller_than_two_parts_is_passed_over():
    assert SeveralFrames().read(np.zeros((120, 200), np.uint8)) == []


def test_where_a_badge_went_away_nothing_is_read():
    [(_text, frames), *_] = badges(1.05, HD)
    empty = np.random.default_rng(3).integers(100, 110, HD).astype(np.uint8)
    decoder = SeveralFrames()
    for frame in frames:
        decoder.read(frame)

    read = [decoder.read(empty) for _ in range(12)]
    assert read[6:] == [[]] * 6
