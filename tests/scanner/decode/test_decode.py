import cv2
import numpy as np
import pytest

from scanner.decode.base import Reading, grey_of
from scanner.decode.closer import Closer, closer_steps
from scanner.decode.engines import Zxing
from scanner.decode.still import Still
from scanner.decode.stream import Stream, doubled, merged, stream_decoder, zbar_or_none
from tests.scanner.decode.pictures import a_code, qr, scene

CODE = a_code(0xC0FFEE)
FRAMES_TO_READ = 3


def turned(grey, degrees):
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(grey, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def tilted(grey):
    height, width = grey.shape
    seen = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    shown = np.float32([[0, 130], [width, 0], [width, height], [0, height - 130]])
    return cv2.warpPerspective(grey, cv2.getPerspectiveTransform(seen, shown), (width, height))


def covered(code):
    code = code.copy()
    code[-60:-30, -60:-30] = 128  # a finger on the corner that holds only data
    return code


HARD = {
    "plain": scene(qr(CODE)),
    "two pixels a module": scene(qr(CODE, 2)),
    "inverted": 255 - scene(qr(CODE)),
    "mirrored": scene(qr(CODE))[:, ::-1].copy(),
    "turned by 37 degrees": turned(scene(qr(CODE)), 37),
    "upside down": scene(qr(CODE))[::-1, ::-1].copy(),
    "tilted": tilted(scene(qr(CODE))),
    "out of focus": cv2.GaussianBlur(scene(qr(CODE)), (0, 0), 3),
    "dark and flat": (scene(qr(CODE)) * 0.12 + 20).astype(np.uint8),
    "noisy": np.clip(
        scene(qr(CODE)) + np.random.default_rng(2).normal(0, 45, (720, 1280)), 0, 255
    ).astype(np.uint8),
    "a finger on a data corner": scene(covered(qr(CODE))),
}


@pytest.fixture(scope="module")
def zbar():
    return zbar_or_none()


@pytest.mark.parametrize("condition", HARD)
def test_a_running_camera_reads_a_badge_within_three_frames(condition, zbar):
    decoder = stream_decoder(zbar)

    texts = {r.text for _ in range(FRAMES_TO_READ) for r in decoder.read(HARD[condition])}

    assert texts == {CODE}


@pytest.mark.parametrize("condition", HARD)
def test_a_still_image_is_read_without_zbar_too(condition):
    assert [r.text for r in Still(None).read(HARD[condition])] == [CODE]


def under_glare(code):
    side = code.shape[0]
    rows, columns = np.mgrid[:side, :side]
    distance = (columns - side * 0.6) ** 2 + (rows - side * 0.6) ** 2
    light = 300 * np.exp(-distance / (2 * (side * 0.2) ** 2))
    return np.clip(code + light, 0, 255).astype(np.uint8)


SPOILT = {
    "a soft lens": cv2.GaussianBlur(scene(qr(CODE, 5)), (0, 0), 3.0),
    "glare": scene(under_glare(qr(CODE, 5))),
}


@pytest.mark.parametrize("condition", SPOILT)
def test_a_code_that_is_found_and_not_read_is_looked_at_closer(condition):
    picture = SPOILT[condition]
    at_first = [Zxing().read(picture), doubled().read(picture)]
    (reading,) = Closer(closer_steps(None)).read(picture)

    assert at_first == [[], []]
    assert reading.text == CODE
    assert np.allclose(np.mean(reading.corners, axis=0), [640, 360], atol=6)


def test_a_frame_without_a_code_costs_no_closer_look():
    class Never:
        def read(self, grey):
            raise AssertionError("looked closer at nothing")

    noise = np.random.default_rng(5).integers(0, 255, (480, 640), dtype=np.uint8)

    assert [Closer([Never()]).read(picture) for picture in (scene(), noise)] == [[], []]


def test_a_large_code_is_looked_at_at_a_size_that_fits_the_frames_time():
    sizes = []

    class Notes:
        def read(self, grey):
            sizes.append(max(grey.shape))
            return []

    picture = cv2.GaussianBlur(scene(qr(CODE, 20)), (0, 0), 12)
    Closer([Notes()]).read(picture)

    assert set(sizes) == {320}


def test_four_badges_in_one_frame_are_all_read(zbar):
    codes = [a_code(n) for n in range(1, 5)]

    readings = stream_decoder(zbar).read(scene(*(qr(code, 5) for code in codes)))

    assert sorted(r.text for r in readings) == sorted(codes)


def test_noise_reads_nothing(zbar):
    noise = np.random.default_rng(5).integers(0, 255, (480, 640), dtype=np.uint8)
    decoder = stream_decoder(zbar)

    assert [decoder.read(noise) for _ in range(FRAMES_TO_READ)] == [[], [], []]
    assert Still(zbar).read(noise) == []


def test_corners_are_in_the_pixels_of_the_frame(zbar):
    # 25 modules of five pixels about the middle.
    small = scene(qr(CODE, 2))
    for decoder in (Zxing(), stream_decoder(zbar)):
        (reading,) = decoder.read(scene(qr(CODE, 5)))
        assert np.allclose(
            reading.corners, [[577, 297], [702, 297], [702, 422], [577, 422]], atol=4
        )
    (reading,) = stream_decoder(None).read(small)
    assert np.allclose(np.mean(reading.corners, axis=0), [640, 360], atol=3)


class Says:
    """A decoder that reads these texts in each frame, all in one place."""

    def __init__(self, *texts):
        self.texts = texts

    def read(self, grey):
        return [Reading(text, ((0, 0), (1, 0), (1, 1), (0, 1)), text) for text in self.texts]


def test_each_frame_takes_another_of_the_turns():
    stream = Stream(Says(), [Says("a"), Says("b")], Says())

    assert [stream.read(scene())[0].text for _ in range(3)] == ["a", "b", "a"]


def test_the_last_decoder_reads_only_frames_in_which_nothing_was_read():
    stream = Stream(Says(), [Says("a"), Says()], Says("last"))

    assert [stream.read(scene())[0].text for _ in range(3)] == ["a", "last", "a"]


def test_the_same_place_read_in_another_character_set_is_the_same_code():
    square = ((0, 0), (10, 0), (10, 10), (0, 10))
    inside = ((3, 3), (6, 3), (6, 6), (3, 6))
    right = ((20, 0), (30, 0), (30, 10), (20, 10))
    first = [Reading("é", square, "zxing"), Reading("inner", inside, "zxing")]
    second = [Reading("Ã©", square, "zbar"), Reading("b", right, "zbar")]

    assert [r.text for r in merged([first, second])] == ["é", "inner", "b"]


def test_transparent_paper_is_white():
    code = qr(CODE)
    ink = np.zeros((*code.shape, 4), np.uint8)
    ink[code < 128] = (0, 0, 0, 255)

    assert [r.text for r in Zxing().read(grey_of(ink))] == [CODE]
