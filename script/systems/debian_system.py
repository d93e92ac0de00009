"""Debian as it is first installed: a system in a folder, made by debootstrap, with our clone in it.

Everything that is mounted for that is mounted in a namespace of its own and is gone with its
processes.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEBIANS = {"bookworm": "Debian 12", "trixie": "Debian 13"}
DEFAULT_MIRROR = "http://deb.debian.org/debian"
_CLONE = "srv/checkout"  # in each system
_LINES_OF_A_FAILURE = 40
#: what pip, npm, apt and TLS are told by this machine's environment holds inside, too
_TOLD = re.compile(
    r"PIP_\w+|npm_config_\w+|\w+_proxy|\w+_PROXY|SSL_CERT_FILE|REQUESTS_CA_BUNDLE"
    r"|NODE_EXTRA_CA_CERTS|TEST_PROCESSES"
)
_MACHINE = "srv/machine"  # in each system
_NETWORK_FILES = (Path("/etc/resolv.conf"), Path("/etc/hosts"))
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class NotFresh(Exception):
    """A step failed; the sentence says which."""


@dataclass(frozen=True)
class Debian:
    """One system in a folder of its own."""

    suite: str
    folder: Path
    log: Path

    @property
    def name(self) -> str:
        """What people call it, for example "Debian 12"."""
        return DEBIANS[self.suite]

    @property
    def clone(self) -> Path:
        """The project's folder, as a path outside this system."""
        return self.folder / _CLONE

    def begin(self, command: str) -> subprocess.Popen[bytes]:
        """Start a shell command in the clone; its output goes to the log."""
        # The first shell stays to the end: process 1 of a namespace has to collect orphans.
        command_inside = ["chroot", str(self.folder), "env", "-i", f"PATH={_PATH}", "HOME=/root"]
        command_inside += ["LANG=C.UTF-8", *told_inside()]
        command_inside += ["sh", "-c", f"cd /{_CLONE} && exec {command}"]
        # Ctrl-C reaches the whole group: the first shell goes on, what it started decides.
        mounted = f"{_mounts(self.folder)}\ntrap : INT\n{shlex.join(command_inside)}\nexit 0"
        apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", mounted]
        return started(self.log, *apart)

    def run(self, command: str) -> None:
        """Run a shell command in the clone.

        Raises:
            NotFresh: it failed.
        """
        with ended(self.begin(command)) as process:
            if process.wait():
                raise NotFresh(f"{command} failed with {process.returncode}")

    def answer(self, command: str) -> str:
        """Return the last line that a command prints."""
        apart = replace(self, log=self.log.with_suffix(".answer"))
        apart.log.write_bytes(b"")
        try:
            apart.run(command)
        finally:
            with self.log.open("ab") as log:
                log.write(apart.log.read_bytes())
        return text_of(apart.log).strip().rpartition("\n")[2]


def parser_of(program: str, description: str) -> argparse.ArgumentParser:
    """Return a parser with the options of every proof on such systems."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument("--only", choices=DEBIANS, action="append", help="one of the two")
    parser.add_argument("--mirror", default=_own_mirror(), help="of Debian (default: %(default)s)")
    parser.add_argument(
        "--folder",
        type=Path,
        help="where the systems are made; what debootstrap made stays there and is copied by the "
        "next run (without it: a temporary folder)",
    )
    return parser


def missing_for(program: str) -> str:
    """Return why no such system can be made here; "" if one can."""
    if os.geteuid() != 0:
        return f"{program} makes whole systems: run it as root"
    for needed, package in {"debootstrap": "debootstrap", "unshare": "util-linux"}.items():
        if shutil.which(needed) is None:
            return f"{needed} is missing: apt-get install {package}"
    return ""


def _own_mirror() -> str:
    """Return the mirror that this machine's apt takes Debian from, else the default one."""
    for file in [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]:
        with contextlib.suppress(OSError):
            if mirror := mirror_in(text_of(file)):
                return mirror
    return DEFAULT_MIRROR


def mirror_in(sources: str) -> str:
    """Return the first address of Debian itself in a file of apt's, in either form; "" for none."""
    found = re.search(
        r"^(?:URIs:|deb(?: +\[[^]]*\])?) +(https?://\S+/debian)/?(?:\s|$)", sources, re.MULTILINE
    )
    return found[1] if found else ""


@contextlib.contextmanager
def folder_of(chosen: Path | None) -> Iterator[Path]:
    """Give the folder that was chosen, or a temporary one, which is removed afterwards."""
    if chosen:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="marhaba-fresh-") as folder:
        # Servers of the tests run under accounts of their own.
        Path(folder).chmod(0o711)
        yield Path(folder)


def make(debian: Debian, base: Path, mirror: str) -> None:
    """Install the system and clone the last commit into it."""
    if not (base / "etc/debian_version").exists():
        shutil.rmtree(base, ignore_errors=True)
        logged(debian.log, "debootstrap", "--variant=minbase", debian.suite, str(base), mirror)
    shutil.rmtree(debian.folder, ignore_errors=True)
    logged(debian.log, "cp", "-a", str(base), str(debian.folder))
    for file in _NETWORK_FILES:
        if file.exists():
            shutil.copy(file, debian.folder / file.relative_to("/"))
    logged(debian.log, "git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(debian.clone))


def walked_through(
    proof: str, debian: Debian, base: Path, mirror: str, walk: Callable[[Debian], str]
) -> bool:
    """Make a system, walk through it, and print a line: what `walk` returned, or what failed.

    Args:
        base: where debootstrap's system is, or is made.
    """
    debian.log.write_bytes(b"")
    try:
        make(debian, base, mirror)
        told = walk(debian)
    except (NotFresh, OSError) as fault:
        print(f"{proof}: FAILED on {debian.name}: {fault}; the end of its log:", flush=True)
        print(end_of(debian.log), flush=True)
        return False
    print(f"{proof}: {told}", flush=True)
    return True


def told_inside() -> list[str]:
    """Return this machine's settings of pip and TLS for use inside, as `env` takes them."""
    return [f"{name}={inside(value)}" for name, value in _told().items()]


@functools.cache
def _told() -> dict[str, str]:
    """Return this machine's settings of pip and TLS, all of them as environment variables.

    Folders of packages on this disk are left out: the hashes say what has to be installed.
    """
    told = {}
    listed = printed_by(sys.executable, "-m", "pip", "config", "list")
    for key, value in re.findall(r"^[^:.][^.]*\.(\S+?)='(.*)'$", listed, re.MULTILINE):
        told["PIP_" + key.upper().replace("-", "_")] = value
    told |= {name: value for name, value in os.environ.items() if _TOLD.fullmatch(name)}
    return {name: value for name, value in told.items() if not _names_a_folder(value)}


def _names_a_folder(value: str) -> bool:
    return any(Path(word.removeprefix("file://")).is_dir() for word in value.split())


def machine_files() -> list[Path]:
    """Return the files that such settings name, for example certificates of authorities."""
    return sorted({Path(value) for value in _told().values() if Path(value).is_file()})


def inside(value: str) -> str:
    """Return a setting for use inside the system, where this machine's files are below `_MACHINE`.

    Their own paths stay free, because packages such as ca-certificates write there.
    """
    return f"/{_MACHINE}{value}" if Path(value) in machine_files() else value


def _mounts(folder: Path) -> str:
    """Return the shell commands that mount what a system and pip's settings need."""
    at = shlex.quote(str(folder))
    lines = [
        # `ip -n` changes how the root passes mounts on, which only a mount's root can.
        f"mount --bind {at} {at}",
        f"mount -t proc proc {at}/proc",
        f"mount --rbind /sys {at}/sys",
        f"mount --rbind /dev {at}/dev",
        f"mount -t tmpfs -o mode=1777 shm {at}/dev/shm",  # noqa: S108 - a new one
    ]
    for file in machine_files():
        lines += [
            f"install -D {shlex.quote(str(file))} {shlex.quote(f'{folder}{inside(str(file))}')}"
        ]
    return "\n".join(lines)


@contextlib.contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """End the process and its whole namespace at the end of the block, also after an exception."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def started(log: Path, *command: str) -> subprocess.Popen[bytes]:
    """Start a command at the head of a process group of its own; its output goes to the log."""
    with log.open("ab") as printed:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed, process_group=0
        )


def logged(log: Path, *command: str, at: Path | None = None) -> None:
    """Run a command to its end; its output goes to the log.

    Raises:
        NotFresh: it failed.
    """
    with log.open("ab") as printed:
        done = subprocess.run(
            command, cwd=at, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed, check=False
        )
    if done.returncode:
        raise NotFresh(f"{command[0]} failed with {done.returncode}")


def printed_by(*command: str) -> str:
    """Return what a command prints that ends well."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def text_of(file: Path) -> str:
    """Return what stands in a file, whatever its bytes."""
    return file.read_text("utf-8", errors="replace")


def end_of(log: Path) -> str:
    """Return the last lines of a log."""
    return "\n".join(text_of(log).splitlines()[-_LINES_OF_A_FAILURE:])
