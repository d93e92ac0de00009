"""Hash passwords and PINs with argon2id, and verify them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from checkin.domain.accounts.passwords import (
    MAX_LENGTH,
    MIN_LENGTH,
    Weakness,
    one_form,
    weakness_of,
)
from checkin.errors import WeakPassword
from checkin.services.common.turns import Turns

#: argon2id with OWASP's second set of parameters: 23 ms on two old cores, 19 MiB
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

#: Each hashing takes 19 MiB and a processor for its time, so few run at once. Passwords from
#: unknown browsers have turns of their own, which give way to scans: however many are sent, the
#: PINs of gates and the passwords from known browsers do not wait for them.
UNKNOWN_TURNS = Turns(2, waiting=24, patience_s=5, niceness=10)
KNOWN_TURNS = Turns(2, waiting=48, patience_s=10)

_LENGTH = f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters: a short sentence is easiest"
_WHY = {
    Weakness.SHORT: _LENGTH,
    Weakness.LONG: _LENGTH,
    Weakness.PERSONAL: "this password is mostly the name or the e-mail: choose another",
    Weakness.COMMON: "this password is easily guessed: put a few words together",
    Weakness.LEAKED: "this password was published after a break-in elsewhere: choose another",
    Weakness.GIVEN: "this is the password that was given to you: choose your own",
}


def hash_password(password: str, about: Iterable[str] = ()) -> str:
    """Return the hash that is stored instead of a password.

    Args:
        about: the person's name and e-mail address, which the password must not resemble.

    Raises:
        WeakPassword: the password is easily guessed.
    """
    weakness = weakness_of(password, about)
    if weakness is not None:
        raise weak(weakness)
    return _hashed(one_form(password))


def weak(weakness: Weakness) -> WeakPassword:
    """Return the fault of a password that is refused."""
    return WeakPassword(_WHY[weakness], weakness=weakness)


def random_password() -> str:
    """Return a random password of 96 bits that the rules accept."""
    while True:
        password = secrets.token_urlsafe(12)
        if weakness_of(password) is None:
            return password


def hash_again(stored: str, password: str) -> str:
    """Return the hash to store for a verified password: a new one if the parameters changed."""
    return _hashed(one_form(password)) if _HASHER.check_needs_rehash(stored) else stored


def hash_pin(pin: str) -> str:
    """Return the hash that is stored instead of a PIN."""
    return _hashed(pin)


def password_matches(
    stored: str | None,
    password: str,
    *,
    turns: Turns = KNOWN_TURNS,
    first: Callable[[], None] | None = None,
) -> bool:
    """Say whether a password matches a stored hash.

    Args:
        stored: None where there is no account; the answer then takes just as long.
        turns: the queue in which the password waits to be hashed.
        first: called in the turn, before the password is hashed.

    Raises:
        Unavailable: too many wait for their turn.
    """

    def matches() -> bool:
        known = stored if stored is not None else _hash_without_account()
        return len(password) <= MAX_LENGTH and _verified(known, one_form(password))

    return turns.do(matches, first) and stored is not None


def secret_matches(stored: str, secret: str) -> bool:
    """Say whether a password or PIN matches a stored hash.

    Raises:
        Unavailable: too many wait for their turn.
    """
    return KNOWN_TURNS.do(lambda: _verified(stored, secret))


def unusable_hash() -> str:
    """Return the hash of a password that nobody knows."""
    return _hashed(secrets.token_urlsafe(32))


def _hashed(secret: str) -> str:
    return KNOWN_TURNS.do(lambda: _HASHER.hash(secret))


def _verified(stored: str, secret: str) -> bool:
    try:
        return _HASHER.verify(stored, secret)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_without_account() -> str:
    """Return a hash that no password matches, so that an unknown account takes as long to check."""
    return _HASHER.hash(secrets.token_urlsafe(16))
