"""Keep a process running beside the server: one that dies is started again."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from checkin.cli.office import complain

#: before a process that has died is started again; longer while it dies at once, for a reason that
#: lasts, or that takes time to be mended
_PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0)
#: who has lived so long does not die at once
_WELL_AFTER_S = 30
#: one that is to end leaves its work in order first
_ENDS_WITHIN_S = 8
_LOOKED_AT_EVERY_S = 0.1


#: held while a process is started. `Popen` waits for the end of a pipe then; a serving process that
#: was forked at that moment would hold the other end for as long as it lives.
_starting = threading.Lock()
if sys.platform != "win32":
    os.register_at_fork(
        before=_starting.acquire,
        after_in_parent=_starting.release,
        after_in_child=_starting.release,
    )


@contextmanager
def kept_running(
    command: Sequence[str],
    called: str,
    more: Mapping[str, str],
    is_over: Callable[[int], bool] = lambda _code: False,
) -> Iterator[None]:
    """Keep a command of this program running in the `with` block.

    Args:
        command: what follows `marhaba`.
        called: what it is called where somebody is told that it has died.
        more: of its environment, beside this process's.
        is_over: told the code with which it has ended; True: it is not to be started again.
    """
    ending = threading.Event()
    # It has to live as long as its process: that ends with the thread that has started it.
    thread = threading.Thread(
        target=_keep_running, args=(command, called, more, is_over, ending), name=called
    )
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def _keep_running(
    command: Sequence[str],
    called: str,
    more: Mapping[str, str],
    is_over: Callable[[int], bool],
    ending: threading.Event,
) -> None:
    words = [sys.executable, "-m", "checkin", *command]
    environ = {**os.environ, **more}
    deaths = 0
    while True:
        started = time.monotonic()
        # A group of its own: Ctrl-C is for this process, which tells the other.
        with _starting:
            process = subprocess.Popen(words, env=environ, process_group=0)  # noqa: S603 - ours
        _watch(process, ending)
        deaths = 1 if time.monotonic() - started > _WELL_AFTER_S else deaths + 1
        if is_over(process.returncode) or ending.wait(_PAUSES_S[min(deaths, len(_PAUSES_S)) - 1]):
            return
        complain(f"{called} ended with {process.returncode}, and is started again")


def _watch(process: subprocess.Popen[bytes], ending: threading.Event) -> None:
    """Return when the process has ended, which it is told to when all is to end."""
    while process.poll() is None:
        if ending.wait(_LOOKED_AT_EVERY_S):
            process.terminate()
            try:
                process.wait(_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
