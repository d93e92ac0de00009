"""The window of a laptop without a gate: it waits for the pairing QR or a typed code."""

from __future__ import annotations

from dataclasses import replace

import cv2

from scanner.camera.sources import Frames
from scanner.core.errors import NotPaired, PairingRefused, ScannerError
from scanner.core.typed import code_letter
from scanner.decode.base import Decoder
from scanner.gate.pairing import CODE_LENGTH, Greeter, Invitation, code_typed
from scanner.window.decoder_thread import DecoderThread
from scanner.window.drawing.compose import HEIGHT_PX, WIDTH_PX, compose
from scanner.window.drawing.strip import STRIP_PX
from scanner.window.state import Screen, with_trouble
from scanner.window.system.display import TITLE, shown_window
from scanner.window.system.keyboard import BACKSPACE, ENTER, ESCAPE
from scanner.window.system.listening import Keyboard

_WAIT_FOR_KEY_MS = 25


def invitation_shown(
    frames: Frames, decoder: Decoder, language: str, *, may_type: bool, refused: str = ""
) -> Invitation:
    """Show the camera until a pairing QR is read or a code is typed.

    Args:
        may_type: the server is known, so the code alone is enough.
        refused: the code that the server did not take just now; the window says so.

    Raises:
        NotPaired: somebody pressed Escape.
        ScannerError: the source broke.
    """
    return _Waiting(frames, decoder, language, may_type=may_type, refused=refused).run()


class _Waiting:
    def __init__(
        self, frames: Frames, decoder: Decoder, language: str, *, may_type: bool, refused: str
    ) -> None:
        self._greeter = Greeter(refused=refused)
        self._eye = DecoderThread(frames, decoder, self._greeter)
        self._may_type = may_type
        self._typed = ""
        self._screen = with_trouble(
            Screen(language=language), PairingRefused() if refused else None
        )

    def run(self) -> Invitation:
        with shown_window(WIDTH_PX, HEIGHT_PX) as see_to_it:
            keyboard = Keyboard()
            self._eye.start()
            try:
                while (invitation := self._greeter.invitation) is None:
                    self._draw()
                    see_to_it()
                    for key, _ in keyboard.wait(_WAIT_FOR_KEY_MS):
                        self._press(code_letter(key.name, key.place))
                return invitation
            finally:
                keyboard.close()
                self._eye.close()

    def _press(self, key: str) -> None:
        if key == ESCAPE:
            raise NotPaired
        if not self._may_type:
            return
        self._screen = with_trouble(self._screen, None)  # somebody who types has read the notice
        if key == BACKSPACE:
            self._typed = self._typed[:-1]
        elif key == ENTER and (code := code_typed(self._typed)):
            self._greeter.invitation = Invitation(code, fingerprint=None)
        elif len(key) == 1 and key.isalnum():
            self._typed = (self._typed + key.upper())[:CODE_LENGTH]

    def _draw(self) -> None:
        if self._eye.fault:
            raise self._eye.fault
        while not self._eye.remarks.empty():
            remark = self._eye.remarks.get_nowait()
            if remark is None or isinstance(remark, ScannerError):
                self._screen = with_trouble(self._screen, remark)
        frame, _ = self._eye.newest
        asks = ("show_pairing", (("typed", self._typed or "…"),))
        notice = asks if self._may_type else ("show_pairing_qr", ())
        screen = replace(self._screen, notice=None if self._screen.trouble else notice)
        picture = compose(screen, frame.image if frame else None)
        picture[:STRIP_PX] = 0  # neither gate nor connection is known yet
        cv2.imshow(TITLE, picture)
