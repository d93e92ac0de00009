"""Slow down whoever guesses a short secret (a PIN, a pairing code) or reads out a list of names."""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from checkin.errors import TooManyRequests

_storage = MemoryStorage()
_limiter = FixedWindowRateLimiter(_storage)


class Guesses:
    """Counts the guesses of each guesser, in this process.

    Args:
        what: what is counted, for the sentence.
        per_minute: so many are answered; then even a right one waits.
    """

    def __init__(self, what: str, per_minute: int) -> None:
        self._what, self._rate = what, RateLimitItemPerMinute(per_minute)

    def check(self, guesser: str) -> None:
        """Let a guesser go on.

        Raises:
            TooManyRequests: too many guesses within a minute.
        """
        if not _limiter.test(self._rate, self._what, guesser):
            raise TooManyRequests(f"too many {self._what}: wait a minute")

    def missed(self, guesser: str) -> None:
        """Count one that was wrong, or any where all count."""
        _limiter.hit(self._rate, self._what, guesser)


def forget_guesses() -> None:
    """Start counting anew."""
    _storage.reset()
