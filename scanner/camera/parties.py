"""Group the badges that are held up together, as by a family or a bus leader. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.camera.debounce import CAMERA_S, Debounce, Showing

#: A badge that is first read more seconds than this after the others starts a new party.
TOGETHER_S = 2.0
_KEPT = 200


class Parties:
    """Numbers the parties (badges held up together) as badges come into view.

    Two badges are one party when one picture shows both, or shows each with a third badge: a
    badge that is read two frames later than its neighbour still belongs to the same party.
    """

    def __init__(self) -> None:
        self._debounce = Debounce(CAMERA_S)
        self._party: dict[str, int] = {}
        self._began_s: list[float] = []  # of each party

    def seen(self, texts: Sequence[str], at_s: float) -> None:
        """Note the codes of one picture, before any of them can have its verdict."""
        showings = self._debounce.picture(texts, at_s)
        new = [text for text, showing in showings.items() if showing == Showing.NEW]
        if not new:
            return
        party = self._party_in_view(set(texts) - set(new), at_s)
        for text in new:
            self._party.pop(text, None)
            self._party[text] = party
        while len(self._party) > _KEPT:
            self._party.pop(next(iter(self._party)))

    def party_of(self, text: str) -> int | None:
        """Return the party of a badge, or None when no picture showed it."""
        return self._party.get(text)

    def _party_in_view(self, held: set[str], at_s: float) -> int:
        parties = [self._party[text] for text in held if text in self._party]
        fresh = [p for p in parties if at_s - self._began_s[p] <= TOGETHER_S]
        if fresh:
            return max(fresh)
        self._began_s.append(at_s)
        return len(self._began_s) - 1
