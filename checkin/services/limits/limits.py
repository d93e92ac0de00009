"""Count an attempt before its work is done, and give it back if it was not a failed one."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from checkin.domain.accounts.security_events import BUDGET_EXCEEDED
from checkin.errors import TooManyRequests
from checkin.services.common.security_log import tell
from checkin.services.limits.counters import Counter, Counters
from checkin.services.limits.rules import Rule


@dataclass(slots=True)
class Reserved:
    """An attempt that stays counted unless it is given back."""

    limits: Limits
    counters: Sequence[tuple[Rule, Counter]]

    def give_back(self, *rules: Rule) -> None:
        """Stop counting the attempt under these rules; without rules, under all of its own."""
        given = [one for rule, one in self.counters if not rules or rule in rules]
        self.limits.counters.give_back(given, self.limits.clock())

    def with_also(self, other: Reserved | None) -> Reserved:
        """Return both attempts as one, to be given back together."""
        more = other.counters if other else ()
        return Reserved(self.limits, [*self.counters, *more])


@dataclass(slots=True)
class Limits:
    """Applies the rules to attempts.

    Attributes:
        counters: where attempts are counted.
        key: the secret of the hashes in counters' names, so that they reveal nobody.
        clock: returns the current time.
    """

    counters: Counters
    key: bytes = field(repr=False)
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def reserve(self, *tries: tuple[Rule, str]) -> Reserved:
        """Count an attempt under each of these rules, before its work is done.

        Args:
            tries: pairs of a rule and the key by which it counts: an address, an e-mail, an id.

        Raises:
            TooManyRequests: a budget of one of the rules is used up; nothing was counted.
        """
        wanted = [(rule, one) for rule, whose in tries for one in self._counters_of(rule, whose)]
        wait_s = self.counters.reserve([one for _rule, one in wanted], self.clock())
        if wait_s is not None:
            rule = tries[0][0]
            tell(BUDGET_EXCEEDED, rule=rule.name)
            raise TooManyRequests(
                f"too many {rule.what}: wait {wait_in_words(wait_s)}", wait_s=wait_s
            )
        return Reserved(self, wanted)

    def _counters_of(self, rule: Rule, whose: str) -> list[Counter]:
        # Hashed, so that every key has the same length and no name or address is stored.
        mark = hmac.digest(self.key, f"{rule.name}\0{whose}".encode(errors="replace"), "sha256")
        return [
            Counter(
                f"{rule.name}:{one.window_s}:{mark[:16].hex()}", one.most, one.window_s, rule.kept
            )
            for one in rule.budgets
        ]


def wait_in_words(wait_s: float) -> str:
    """Return how long to wait, in English, for programs: "a minute", "12 minutes", "3 hours"."""
    minutes = whole_minutes(wait_s)
    if minutes >= 120:
        return f"{-(-minutes // 60)} hours"
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def whole_minutes(wait_s: float) -> int:
    """Return a wait in whole minutes, at least 1."""
    return max(1, -int(-wait_s // 60))
