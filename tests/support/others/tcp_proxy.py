"""A TCP proxy between a gate and the server that can stop all bytes while connections stay open."""

from __future__ import annotations

import contextlib
import socket
import threading


class Wire:
    """Passes bytes to a port of this machine until it is cut; healing it passes them again.

    A real network failure gives no error either: nothing answers, and the gate must detect it.
    """

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._whole = threading.Event()
        self._whole.set()
        self._over = False
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Let nothing through."""
        self._whole.clear()

    def heal(self) -> None:
        """Let everything through that comes from now on; what was under way is lost."""
        self._drop_connections()
        self._whole.set()

    def close(self) -> None:
        """Close the proxy."""
        self._over = True
        self._whole.set()
        # accept() does not wake up when its socket is closed in another thread.
        with contextlib.suppress(OSError), socket.create_connection(self._listener.getsockname()):
            pass
        self._listener.close()
        self._drop_connections()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._over:
                near, _ = self._listener.accept()
                self._sockets.append(near)
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._to, timeout=5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        self._sockets.append(far)
        threading.Thread(target=self._pass, args=(far, near), daemon=True).start()
        self._pass(near, far)

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._whole.wait()
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _drop_connections(self) -> None:
        for end in self._sockets:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._sockets.clear()
