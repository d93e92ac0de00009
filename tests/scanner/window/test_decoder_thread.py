"""The decoding thread of the window, with pictures instead of a camera."""

import queue

import pytest

from scanner.camera.sources import Frame
from scanner.decode.stream import stream_decoder
from scanner.gate.station import Sight, Station
from scanner.offline.spool import Spool
from scanner.window.decoder_thread import DecoderThread, SeenCode
from tests.scanner.decode.pictures import a_code, qr, scene
from tests.support.waiting import wait_for

ONE, TWO = a_code(1), a_code(2)


class Pictures:
    def __init__(self, *scenes):
        self._scenes = scenes

    def __iter__(self):
        for number, grey in enumerate(self._scenes):
            yield Frame(grey, number / 100)

    def close(self):
        pass


@pytest.fixture
def submitted():
    return []


@pytest.fixture
def station(tmp_path, submitted):
    spool = Spool(tmp_path)
    yield Station(spool, submitted.append, tell=pytest.fail)
    spool.close()


def looked(frames, station):
    decoder_thread = DecoderThread(frames, stream_decoder(None), station)
    decoder_thread.start()
    wait_for(lambda: "source_ended" in decoder_thread.remarks.queue, "the end of the pictures")
    decoder_thread.close()
    return decoder_thread


def test_a_code_that_is_not_ours_is_named_and_the_camera_goes_on(station, submitted):
    stranger = scene(qr("https://example.org"))
    decoder_thread = looked(Pictures(stranger, stranger, scene(qr(ONE))), station)

    foreign = SeenCode("https://example.org", Sight.NOT_OURS)
    assert list(decoder_thread.remarks.queue) == [foreign, "source_ended"]
    assert [scan.code for scan in submitted] == [ONE]


def test_badges_in_one_picture_are_one_party_and_each_is_sent_once(station, submitted):
    both = scene(qr(ONE, 5), qr(TWO, 5))
    decoder_thread = looked(Pictures(*[both] * 20), station)

    assert sorted(scan.code for scan in submitted) == sorted([ONE, TWO])
    assert decoder_thread.parties.party_of(ONE) == decoder_thread.parties.party_of(TWO) is not None


def test_whatever_closes_the_camera_ends_the_thread(station):
    decoder_thread = DecoderThread(Pictures(*[scene()] * 10_000), stream_decoder(None), station)
    decoder_thread.start()
    decoder_thread.close()

    assert decoder_thread.fault is None
    with pytest.raises(queue.Empty):
        decoder_thread.remarks.get_nowait()
