"""Reserve a try before its work is done, and give it back where it was no guess."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from checkin.errors import TooManyRequests
from checkin.services.limits.counters import Counter, Counters
from checkin.services.limits.rules import Rule


@dataclass(slots=True)
class Reserved:
    """A try that is counted, whatever becomes of it, unless it is given back."""

    limits: Limits
    counters: Sequence[tuple[Rule, Counter]]

    def give_back(self, *rules: Rule) -> None:
        """Count it no more, for it was no guess: under these rules, or under all of its own."""
        given = [one for rule, one in self.counters if not rules or rule in rules]
        self.limits.counters.give_back(given, self.limits.clock())

    def with_also(self, other: Reserved | None) -> Reserved:
        """Return both as one, to be given back together."""
        more = other.counters if other else ()
        return Reserved(self.limits, [*self.counters, *more])


@dataclass(slots=True)
class Limits:
    """The rules, applied.

    Attributes:
        counters: where tries are counted.
        key: a secret, so that nobody reads from a counter whose it is.
        clock: says what time it is.
    """

    counters: Counters
    key: bytes = field(repr=False)
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def reserve(self, *tries: tuple[Rule, str]) -> Reserved:
        """Count a try under each of these rules before anything is done for it.

        Args:
            tries: a rule, and whose try it is by that rule: an address, an e-mail, a number.

        Raises:
            TooManyRequests: one of their budgets is used up; none was counted under any.
        """
        wanted = [(rule, one) for rule, whose in tries for one in self._counters_of(rule, whose)]
        wait_s = self.counters.reserve([one for _rule, one in wanted], self.clock())
        if wait_s is not None:
            what = tries[0][0].what
            raise TooManyRequests(f"too many {what}: wait {told_wait(wait_s)}", wait_s=wait_s)
        return Reserved(self, wanted)

    def _counters_of(self, rule: Rule, whose: str) -> list[Counter]:
        # Hashed: as long as any other, however long the text is, and nobody's name in a table.
        mark = hmac.digest(self.key, f"{rule.name}\0{whose}".encode(errors="replace"), "sha256")
        return [
            Counter(
                f"{rule.name}:{one.window_s}:{mark[:16].hex()}", one.most, one.window_s, rule.kept
            )
            for one in rule.budgets
        ]


def told_wait(wait_s: float) -> str:
    """Return how long to wait, in English, for programs: "a minute", "12 minutes", "3 hours"."""
    minutes = whole_minutes(wait_s)
    if minutes >= 120:
        return f"{-(-minutes // 60)} hours"
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def whole_minutes(wait_s: float) -> int:
    """Return after how many minutes a wait is over, 1 at least."""
    return max(1, -int(-wait_s // 60))
