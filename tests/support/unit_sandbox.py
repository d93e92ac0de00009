"""Run a command with the system calls of a systemd unit, where no systemd starts it.

`python -m tests.support.unit_sandbox UNIT COMMAND…` does what systemd does for the unit's lines
SystemCallFilter, CapabilityBoundingSet, NoNewPrivileges and MemoryDenyWriteExecute.
"""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # of seccomp: run it; answer it with EPERM
_NO_NEW_PRIVILEGES, _CAPABILITY_DROP, _MEMORY = 38, 24, 65  # of prctl
_LAST_CAPABILITY = Path("/proc/sys/kernel/cap_last_cap")


def main() -> None:
    """Take away what the unit takes away, and become the command."""
    unit, *command = sys.argv[1:]
    names = set(_allowed(Path(unit).read_text("utf-8")))
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        for number in range(int(_LAST_CAPABILITY.read_text()) + 1):
            assert libc.prctl(_CAPABILITY_DROP, number, 0, 0, 0) == 0
    assert libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    libc.prctl(_MEMORY, 1, 0, 0, 0)  # of Linux 6.3: without it the memory is not looked at
    _filter(names)
    os.execvp(command[0], command)


def _allowed(unit: str) -> set[str]:
    """Return the system calls that the unit's filters leave, in their order."""
    allowed: set[str] = set()
    for said in re.findall(r"^SystemCallFilter=(\S+)$", unit, re.MULTILINE):
        named = set(_calls_of(said.removeprefix("~")))
        allowed = allowed - named if said.startswith("~") else allowed | named
    return allowed | set(_calls_of("@default"))


def _calls_of(group: str) -> Iterator[str]:
    """Yield the system calls of a group of systemd's, and of the groups in it."""
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", "--no-pager", group],
        env={**os.environ, "SYSTEMD_COLORS": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    for name in re.findall(r"^ +([@\w-]+)$", listed.stdout, re.MULTILINE):
        yield from _calls_of(name) if name.startswith("@") else (name,)


def _filter(names: set[str]) -> None:
    seccomp = ctypes.CDLL("libseccomp.so.2")  # systemd brings it along
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(_REFUSE)))
    for name in names:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            seccomp.seccomp_rule_add(rules, ctypes.c_uint32(_ALLOW), number, 0)
    assert seccomp.seccomp_load(rules) == 0


if __name__ == "__main__":
    main()
