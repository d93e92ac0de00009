"""Passwords that are hashed at once: what the real work is, tests/services/accounts proves."""

from __future__ import annotations

from argon2 import PasswordHasher

from checkin.services.accounts import hashing, sign_in
from checkin.services.common.turns import Turns

_LEAST_WORK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
#: those of a server give way to everything else: beside other tests they would wait in vain
_AT_ONCE = Turns(2, waiting=24, patience_s=5)


def hash_quickly(monkeypatch) -> None:
    """Hash with least work, and with the priority of the test."""
    monkeypatch.setattr(hashing, "_HASHER", _LEAST_WORK)
    for module in (hashing, sign_in):
        monkeypatch.setattr(module, "UNKNOWN_TURNS", _AT_ONCE)
