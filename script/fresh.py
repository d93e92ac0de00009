"""Prove that README's two commands need nothing but the clone, on Debian as it is first installed.

Makes Debian 12 and 13 with `debootstrap --variant=minbase`, clones the last commit into each, runs
`script/server` until it serves and `script/test` to its end, and prints a line for each. Everything
that is mounted for that is mounted in a namespace of its own and is gone with its processes.

Python 3.12 and 3.14 come with neither: where this machine has one, a quick set of the tests runs
with it; where it has none, the line says that it was not tried.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEBIANS = {"bookworm": "Debian 12", "trixie": "Debian 13"}
OTHER_PYTHONS = ("python3.12", "python3.14")
QUICK_TESTS = ("tests/domain", "tests/protocol", "tests/badges", "tests/scanner/test_start.py")
DEFAULT_MIRROR = "http://deb.debian.org/debian"
_CLONE = "srv/marhaba"  # in each system
_SERVED_WITHIN_S = 900
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
    def clone(self) -> Path:
        """The project's folder, as a path outside this system."""
        return self.folder / _CLONE

    def begin(self, command: str) -> subprocess.Popen[bytes]:
        """Start a shell command in the clone; its output goes to the log."""
        # The first shell stays to the end: process 1 of a namespace has to collect orphans.
        inside = ["chroot", str(self.folder), "env", "-i", *_environment()]
        inside += ["sh", "-c", f"cd /{_CLONE} && exec {command}"]
        # Ctrl-C reaches the whole group: the first shell goes on, what it started decides.
        mounted = f"{_mounts(self.folder)}\ntrap : INT\n{shlex.join(inside)}\nexit 0"
        apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", mounted]
        with self.log.open("ab") as printed:
            return subprocess.Popen(
                apart, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed, process_group=0
            )

    def run(self, command: str) -> None:
        """Run a shell command in the clone.

        Raises:
            NotFresh: it failed.
        """
        with _ended(self.begin(command)) as process:
            if process.wait():
                raise NotFresh(f"{command} failed with {process.returncode}")

    def answer(self, command: str) -> str:
        """Return the first line that a command prints."""
        before = self.log.stat().st_size
        self.run(command)
        return self.log.read_bytes()[before:].decode(errors="replace").strip().partition("\n")[0]


def main() -> int:
    """Print a line a system; return 1 when one failed, 2 when nothing could be tried."""
    asked = _parser().parse_args()
    missing = _missing()
    if missing:
        print(f"fresh: {missing}", file=sys.stderr)
        return 2
    commit = _printed("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD")
    print(f"fresh: of commit {commit}, changes that are not committed left out", flush=True)
    with _folder(asked.folder) as folder:
        well = [_try_debian(suite, folder, asked) for suite in asked.only or DEBIANS]
        well += [_try_python(name, folder) for name in OTHER_PYTHONS]
    return 0 if all(well) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/proof fresh", description="The two commands on Debian 12 and 13, from nothing."
    )
    parser.add_argument("--only", choices=DEBIANS, action="append", help="one of the two")
    parser.add_argument("--mirror", default=_own_mirror(), help="of Debian (default: %(default)s)")
    parser.add_argument(
        "--folder",
        type=Path,
        help="where the systems are made; what debootstrap made stays there and is copied by the "
        "next run (without it: a temporary folder)",
    )
    parser.add_argument(
        "tests", nargs="*", metavar="-- TESTS", help="arguments of script/test (default: all)"
    )
    return parser


def _missing() -> str:
    if os.geteuid() != 0:
        return "script/proof fresh makes whole systems: run it as root"
    for program, package in {"debootstrap": "debootstrap", "unshare": "util-linux"}.items():
        if shutil.which(program) is None:
            return f"{program} is missing: apt-get install {package}"
    return ""


def _own_mirror() -> str:
    """Return the mirror that this machine's apt takes Debian from, else the default one."""
    for file in [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]:
        with contextlib.suppress(OSError):
            if mirror := mirror_in(_text(file)):
                return mirror
    return DEFAULT_MIRROR


def mirror_in(sources: str) -> str:
    """Return the first address of Debian itself in a file of apt's, in either form; "" for none."""
    found = re.search(
        r"^(?:URIs:|deb(?: +\[[^]]*\])?) +(https?://\S+/debian)/?(?:\s|$)", sources, re.MULTILINE
    )
    return found[1] if found else ""


@contextlib.contextmanager
def _folder(chosen: Path | None) -> Iterator[Path]:
    if chosen:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="marhaba-fresh-") as folder:
        # Servers of the tests run under accounts of their own.
        Path(folder).chmod(0o711)
        yield Path(folder)


def _try_debian(suite: str, folder: Path, asked: argparse.Namespace) -> bool:
    debian = Debian(suite, folder / f"{suite}-run", folder / f"{suite}.log")
    debian.log.write_bytes(b"")
    try:
        _make(debian, folder / suite, asked.mirror)
        served_s = _serve(debian)
        versions = _versions_before_tests(debian)
        tested = _test(debian, asked.tests)
    except NotFresh as fault:
        print(f"fresh: FAILED on {DEBIANS[suite]}: {fault}; the end of its log:", flush=True)
        print(_end_of(debian.log), flush=True)
        return False
    versions = f"{versions}, PostgreSQL {_postgresql(debian)}"
    print(
        f"fresh: {DEBIANS[suite]} ({versions}): script/server serves after {served_s:.0f} s; "
        f"script/test: {tested}",
        flush=True,
    )
    return True


def _make(debian: Debian, base: Path, mirror: str) -> None:
    """Install the system and clone the last commit into it."""
    if not (base / "etc/debian_version").exists():
        shutil.rmtree(base, ignore_errors=True)
        _logged(debian.log, "debootstrap", "--variant=minbase", debian.suite, str(base), mirror)
    shutil.rmtree(debian.folder, ignore_errors=True)
    _logged(debian.log, "cp", "-a", str(base), str(debian.folder))
    for file in _NETWORK_FILES:
        if file.exists():
            shutil.copy(file, debian.folder / file.relative_to("/"))
    _logged(debian.log, "git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(debian.clone))


def _serve(debian: Debian) -> float:
    """Run `script/server` until it serves a page, stop it, and return the seconds it took."""
    began, port = time.monotonic(), _free_port()
    with _ended(debian.begin(f"script/server --port {port}")) as process:
        while not _healthy(port):
            if process.poll() is not None:
                raise NotFresh(f"script/server ended with {process.returncode}")
            if time.monotonic() - began > _SERVED_WITHIN_S:
                raise NotFresh(f"script/server serves nothing after {_SERVED_WITHIN_S} s")
            time.sleep(0.5)
        took_s = time.monotonic() - began
        if "Marhaba" not in _page(port, "login"):
            raise NotFresh("the page to sign in is not ours")
        os.killpg(process.pid, signal.SIGINT)
        if process.wait(30):
            raise NotFresh(f"script/server ended with {process.returncode} after Ctrl-C")
    return took_s


def _test(debian: Debian, tests: list[str]) -> str:
    """Run `script/test` and return pytest's last line."""
    debian.run(shlex.join(["script/test", *tests]))
    if not (summary := summary_in(_text(debian.log))):
        raise NotFresh("script/test ran no tests")
    return summary


def summary_in(printed: str) -> str:
    """Return pytest's last line about how many tests passed; "" where there is none."""
    lines = re.findall(r"^(?:=+ )?(\d+ .* in [\d.]+s[^=\n]*?)(?: =+)?$", printed, re.MULTILINE)
    return lines[-1] if lines else ""


def _versions_before_tests(debian: Debian) -> str:
    return debian.answer(".venv/bin/python --version")


def _postgresql(debian: Debian) -> str:
    return debian.answer("/usr/lib/postgresql/*/bin/postgres --version").split()[2]


def _try_python(name: str, folder: Path) -> bool:
    """Run a quick set of the tests with another Python, where this machine has it."""
    version = f"Python {name.removeprefix('python')}"
    works = [name, "-c", "import sys, venv, ensurepip; print(sys.version.split()[0])"]
    if shutil.which(name) is None or _silent(works):
        print(f"fresh: {version}: NOT tried, this machine has none", flush=True)
        return True
    log, clone = folder / f"{name}.log", folder / name
    began = time.monotonic()
    try:
        _quick_tests(name, clone, log)
    except NotFresh as fault:
        print(f"fresh: FAILED with {version}: {fault}; the end of its log:", flush=True)
        print(_end_of(log), flush=True)
        return False
    took_s = time.monotonic() - began
    print(f"fresh: {version} on this machine: {' '.join(QUICK_TESTS)} pass, {took_s:.0f} s")
    return True


def _quick_tests(name: str, clone: Path, log: Path) -> None:
    shutil.rmtree(clone, ignore_errors=True)
    log.write_bytes(b"")
    _logged(log, "git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone))
    _logged(log, name, "-m", "venv", str(clone / ".venv"))
    python, pinned = str(clone / ".venv/bin/python"), str(clone / "requirements-dev.txt")
    _logged(log, python, "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", pinned)
    _logged(log, python, "-m", "pytest", "-q", "-n", "2", "-m", "not proof", *QUICK_TESTS, at=clone)


def _environment() -> list[str]:
    """Return the variables of every command inside, as `env` takes them."""
    told = [f"{name}={_inside(value)}" for name, value in _told().items()]
    return [f"PATH={_PATH}", "HOME=/root", "LANG=C.UTF-8", *told]


@functools.cache
def _told() -> dict[str, str]:
    """Return this machine's settings of pip and TLS, all of them as environment variables.

    Folders of packages on this disk are left out: the hashes say what has to be installed.
    """
    told = {}
    listed = _printed(sys.executable, "-m", "pip", "config", "list")
    for key, value in re.findall(r"^[^:.][^.]*\.(\S+?)='(.*)'$", listed, re.MULTILINE):
        told["PIP_" + key.upper().replace("-", "_")] = value
    told |= {name: value for name, value in os.environ.items() if _TOLD.fullmatch(name)}
    return {name: value for name, value in told.items() if not _names_a_folder(value)}


def _names_a_folder(value: str) -> bool:
    return any(Path(word.removeprefix("file://")).is_dir() for word in value.split())


def _files() -> list[Path]:
    """Return the files that such settings name, for example certificates of authorities."""
    return sorted({Path(value) for value in _told().values() if Path(value).is_file()})


def _inside(value: str) -> str:
    """Return a setting for use inside the system, where this machine's files are below `_MACHINE`.

    Their own paths stay free, because packages such as ca-certificates write there.
    """
    return f"/{_MACHINE}{value}" if Path(value) in _files() else value


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
    for file in _files():
        inside = shlex.quote(f"{folder}/{_MACHINE}{file}")
        lines += [f"install -D {shlex.quote(str(file))} {inside}"]
    return "\n".join(lines)


@contextlib.contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """End the process and its whole namespace at the end of the block, also after an exception."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _logged(log: Path, *command: str, at: Path | None = None) -> None:
    with log.open("ab") as printed:
        done = subprocess.run(
            command, cwd=at, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed, check=False
        )
    if done.returncode:
        raise NotFresh(f"{command[0]} failed with {done.returncode}")


def _printed(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _silent(command: list[str]) -> int:
    return subprocess.run(command, capture_output=True, check=False).returncode


def _healthy(port: int) -> bool:
    try:
        return '"ok"' in _page(port, "healthz")
    except (urllib.error.URLError, OSError):
        return False


def _page(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10) as answer:
        return str(answer.read().decode())


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _text(file: Path) -> str:
    return file.read_text("utf-8", errors="replace")


def _end_of(log: Path) -> str:
    return "\n".join(_text(log).splitlines()[-_LINES_OF_A_FAILURE:])


if __name__ == "__main__":
    sys.exit(main())
