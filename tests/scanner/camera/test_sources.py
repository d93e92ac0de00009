import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from scanner.camera.sources import Live, Video, open_source
from scanner.core.errors import SourceUnreadable
from tests.scanner.decode.pictures import write_video


def grey_level(frame):
    return round(float(frame.image.mean()))


def levels(count):
    return [np.full((120, 160), min(10 * n + 20, 250), np.uint8) for n in range(count)]


class Webcam:
    """A network camera: sends `count` pictures, each lighter than the last, and disconnects."""

    def __init__(self, count, pause_s):
        pictures = [cv2.imencode(".jpg", level)[1].tobytes() for level in levels(count)]

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                for picture in pictures:
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}"
                    try:
                        self.wfile.write(head.encode() + b"\r\n\r\n" + picture + b"\r\n")
                    except ConnectionError:
                        return  # the test has seen enough
                    time.sleep(pause_s)

            def log_message(self, *_):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/camera.mjpg"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def test_a_video_gives_every_frame_in_order_with_its_own_time(tmp_path):
    write_video(tmp_path / "a.avi", levels(20), frames_each=1)
    frames = open_source(str(tmp_path / "a.avi"))

    seen = [(grey_level(f), round(f.at_s * 30)) for f in frames if time.sleep(0.005) is None]
    frames.close()

    assert isinstance(frames, Video)
    assert [at for _, at in seen] == list(range(20))
    assert np.allclose([level for level, _ in seen], [10 * n + 20 for n in range(20)], atol=2)


def test_a_slow_reader_of_a_camera_gets_the_newest_frame_and_no_queue():
    with Webcam(20, pause_s=0.03) as webcam:
        frames = open_source(webcam.url)
        seen = [grey_level(f) for f in frames if time.sleep(0.2) is None]
        frames.close()

    assert isinstance(frames, Live)
    assert len(seen) < 10
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(210, abs=2)


def test_closing_a_camera_ends_its_frames():
    with Webcam(200, pause_s=0.01) as webcam:
        frames = open_source(webcam.url)
        given = iter(frames)
        next(given)
        frames.close()

        assert len(list(given)) <= 1  # the one that was already taken


def test_a_folder_without_a_readable_image_is_said(tmp_path):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG")

    with pytest.raises(SourceUnreadable):
        list(open_source(str(tmp_path)))
