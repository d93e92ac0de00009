"""A camera at an address, whose picture a test changes while it is being read."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2

_FRAMES_PER_S = 15


class NetworkCamera:
    """Sends JPEG pictures one after the other (multipart/x-mixed-replace) while it is used.

    Attributes:
        opened: how often somebody has begun to watch.
    """

    def __init__(self, picture: Any) -> None:
        self.opened = 0
        self.show(picture)
        self._over = threading.Event()

    def show(self, picture: Any) -> None:
        """Put something before the camera."""
        self._jpeg = cv2.imencode(".jpg", picture)[1].tobytes()

    def __enter__(self) -> NetworkCamera:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera.opened += 1
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
                self.end_headers()
                while not camera._over.wait(1 / _FRAMES_PER_S):
                    head = b"--next\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
                    jpeg = camera._jpeg
                    try:
                        self.wfile.write(head % len(jpeg) + jpeg + b"\r\n")
                    except OSError:
                        return

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/camera.mjpg"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
