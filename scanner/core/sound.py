"""A different short sound for each kind of verdict."""

from __future__ import annotations

import io
import math
import shutil
import struct
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterable
from pathlib import Path

from scanner.core.scan import Kind

RATE_HZ = 22_050
_PLAYERS = (("paplay",), ("pw-play",), ("aplay", "-q"), ("afplay",))

# (tone in Hz, 0 for silence; length in ms), one after the other.
MELODIES: dict[Kind, tuple[tuple[int, int], ...]] = {
    Kind.ADMITTED: ((880, 90), (1318, 160)),
    Kind.ALREADY: ((622, 110), (0, 70), (622, 110)),
    Kind.REFUSED: ((196, 480),),
    Kind.PENDING: ((988, 80), (0, 50), (740, 160)),
}


# Several badges at once have one sound, the first of these: no refusal may be missed.
_GRAVITY = (Kind.REFUSED, Kind.ALREADY, Kind.PENDING, Kind.ADMITTED)


def gravest(kinds: Iterable[Kind]) -> Kind:
    """Return the most serious kind, whose sound is played for several verdicts at once."""
    return min(kinds, key=_GRAVITY.index)


def wav_of(melody: tuple[tuple[int, int], ...]) -> bytes:
    """Return a melody as a WAV file: mono, 16 bits, RATE_HZ."""
    samples = [sample for hz, ms in melody for sample in _tone(hz, ms)]
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return out.getvalue()


def _tone(hz: int, ms: int) -> list[int]:
    count = RATE_HZ * ms // 1000
    fade = RATE_HZ // 200  # 5 ms at both ends, or the loudspeaker clicks
    return [
        round(14_000 * min(1, n / fade, (count - n) / fade) * math.sin(math.tau * hz * n / RATE_HZ))
        for n in range(count)
    ]


class Sound:
    """Plays a verdict's sound with whichever player the system has; silent where it has none."""

    def __init__(self) -> None:
        """Find a player and write the sounds to files that it can read."""
        found = (player for player in _PLAYERS if shutil.which(player[0]))
        self._player = next(found, None)
        self._playing: subprocess.Popen[bytes] | None = None
        # The folder is deleted with this object.
        self._folder = tempfile.TemporaryDirectory(prefix="marhaba-sounds-")
        for kind, melody in MELODIES.items():
            self._path(kind).write_bytes(wav_of(melody))

    def play(self, kind: Kind) -> None:
        """Start the sound of `kind` and return at once."""
        if sys.platform == "win32":
            import winsound

            winsound.PlaySound(str(self._path(kind)), winsound.SND_FILENAME | winsound.SND_ASYNC)
        elif self._player:
            self._play_with(self._player, kind)

    def close(self) -> None:
        """Wait for the last sound and remove the files."""
        if self._playing:
            self._playing.wait(timeout=3)
        self._folder.cleanup()

    def _play_with(self, player: tuple[str, ...], kind: Kind) -> None:
        if self._playing and self._playing.poll() is None:
            self._playing.terminate()
            self._playing.wait(timeout=1)
        self._playing = subprocess.Popen(  # noqa: S603 - a player of our list, a file of ours
            [*player, str(self._path(kind))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _path(self, kind: Kind) -> Path:
        return Path(self._folder.name) / f"{kind}.wav"
