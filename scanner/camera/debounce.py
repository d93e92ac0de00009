"""Pass a badge on once each time it is shown, not in every camera frame. Pure."""

from __future__ import annotations

CAMERA_S = 5.0
WEDGE_S = 2.5


class Debounce:
    """Remembers when each text was last seen.

    Times are seconds of any clock that does not go back: the running time of a camera, or a
    video's own time.
    """

    def __init__(self, quiet_s: float = CAMERA_S) -> None:
        """Take how many seconds a text must be out of view to count as shown again."""
        self.quiet_s = quiet_s
        self._last_seen: dict[str, float] = {}

    def is_new(self, text: str, at_s: float) -> bool:
        """Note that `text` is in view now and say whether this is a new showing.

        Every call restarts the wait, so a badge that is held in view is never new.
        """
        last = self._last_seen.get(text)
        self._last_seen[text] = at_s
        self._drop_old(at_s)
        return last is None or at_s - last >= self.quiet_s

    def forget(self, text: str) -> None:
        """Let `text` count as new at once: its scan could not be kept."""
        self._last_seen.pop(text, None)

    def _drop_old(self, at_s: float) -> None:
        oldest = at_s - self.quiet_s
        self._last_seen = {text: at for text, at in self._last_seen.items() if at >= oldest}
