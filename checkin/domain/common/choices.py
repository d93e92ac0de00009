"""Find a delegation or a category by name, however the name is spelt."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from checkin.domain.common.names import fold_name
from checkin.domain.common.problems import Problem

_NEAREST = 3
# Comparing a strange name with all the known ones costs milliseconds; a file of nothing but
# strange names is told the names of the first ones only.
_MOST_COMPARED = 200


class Choices:
    """The delegations, or the categories, of an event.

    Args:
        named: (id, names in any script, the one to show first); None and "" are ignored.
    """

    def __init__(self, named: Iterable[tuple[int, Iterable[str | None]]]) -> None:
        self._ids: dict[str, int] = {}
        self._shown: dict[str, str] = {}
        self._nearest: dict[str, tuple[str, ...]] = {}
        self._as_written: dict[str, int | None] = {}
        for id_, names in named:
            written = [name for name in names if name]
            for name in written:
                folded = fold_name(name)
                self._ids.setdefault(folded, id_)
                self._shown.setdefault(folded, name)

    def id_of(self, name: str) -> int | None:
        """Return the id of ``name`` in either script, None if there is none."""
        if name not in self._as_written:
            found = self._ids.get(fold_name(name))
            if found is None:
                return None
            self._as_written[name] = found
        return self._as_written[name]

    def shown(self) -> dict[str, str]:
        """Return every name as it is shown, by how it is compared."""
        return dict(self._shown)

    def nearest(self, name: str) -> tuple[str, ...]:
        """Return up to three known names like ``name``, or the first ones when none is."""
        folded = fold_name(name)
        if folded not in self._nearest:
            if len(self._nearest) >= _MOST_COMPARED:
                return tuple(self._shown.values())[:_NEAREST]
            close = get_close_matches(folded, self._ids, n=_NEAREST) or list(self._ids)[:_NEAREST]
            self._nearest[folded] = tuple(self._shown[near] for near in close)
        return self._nearest[folded]

    def unknown(self, column: str, name: str) -> Problem:
        """Return the problem of a ``name`` that is not among these."""
        return Problem(column, f"unknown_{column}", name, self.nearest(name) or ("–",))
