"""Renew a running server's leaf certificate when the machine's addresses change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from checkin.domain.network.certificate_names import Names, is_outdated, permitted
from checkin.errors import MarhabaError
from checkin.services.network.certificates.leaf import Leaf, leaf_for

LOOK_EVERY_S = 0.5


class LeafUpkeep:
    """Makes the leaf certificate when a server starts, and a new one when it is outdated.

    Attributes:
        leaf: the certificate that the server's next worker shows.
        wanted: all addresses and names of the machine at the last check.
    """

    def __init__(
        self,
        folder: Path,
        names: Callable[[], Names],
        *,
        tell: Callable[[LeafUpkeep], None] = lambda _: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Sign the first leaf.

        Args:
            names: returns the machine's current addresses and names.
            tell: called after each new leaf.

        Raises:
            SettingsError: the authority in `folder` cannot be used.
        """
        self._folder, self._names, self._tell, self._clock = folder, names, tell, clock
        self.wanted = names()
        self.leaf: Leaf = leaf_for(folder, self.wanted, clock())
        tell(self)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The addresses and names of this machine that the leaf must not be about."""
        return (self.wanted - self.leaf.names).texts()

    def look(self) -> bool:
        """Check the machine's names once, and return whether a new leaf was made.

        An interface gets its addresses one after the other, so names count only when two checks
        found the same ones: the worker is restarted once and not three times.
        """
        seen, before = self._names(), self.wanted
        self.wanted = seen
        old = is_outdated(self.leaf.names, permitted(seen), self.leaf.expires_at, self._clock())
        if seen != before or not old:
            return False
        self.leaf = leaf_for(self._folder, seen, self._clock())
        self._tell(self)
        return True

    @contextmanager
    def kept_current(
        self, restart_workers: Callable[[], None], complain: Callable[[str], None]
    ) -> Iterator[None]:
        """Check twice a second in the background, and restart the workers for each new leaf.

        Args:
            complain: called with the reason when a leaf could not be made; it is tried again.
        """
        over = threading.Event()

        def watch() -> None:
            while not over.wait(LOOK_EVERY_S):
                try:
                    if self.look():
                        restart_workers()
                except (MarhabaError, OSError) as fault:
                    complain(f"the certificate could not be made anew: {fault}")

        watcher = threading.Thread(target=watch, name="leaf upkeep", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
