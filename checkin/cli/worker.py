"""Do the heavy work that pages ask for, in a process beside the server or on another machine."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from checkin.cli.office import Office, complain, in_office, say, warn_if_root
from checkin.services.badges.refs import fill_refs
from checkin.services.common.private_files import hide_folder
from checkin.services.people.names import fill_name_terms
from checkin.words.compiled import compile_all
from checkin.worker.process import Worker, new_name
from checkin.worker.processes import die_with_parent

#: the process that has started a worker and ends with it, and the worker's name: the next of this
#: name takes up what it leaves
_STARTED_BY = "MARHABA_WORKER"
#: before a worker that has died is started again; longer while it dies at once, for a reason that
#: lasts, or that takes time to be mended
_PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0)
#: who has lived so long does not die at once
_WELL_AFTER_S = 30
#: a worker that is to end leaves its job in order first
_ENDS_WITHIN_S = 8
_LOOKED_AT_EVERY_S = 0.1


#: held while a worker is started. `Popen` waits for the end of a pipe then; a serving process that
#: was forked at that moment would hold the other end for as long as it lives.
_starting = threading.Lock()
if sys.platform != "win32":
    os.register_at_fork(
        before=_starting.acquire,
        after_in_parent=_starting.release,
        after_in_child=_starting.release,
    )


@click.command()
@in_office
def worker(office: Office) -> None:
    """Do what pages ask for that takes long, such as badges as PDF. `run` starts one by itself."""
    parent, _, name = os.environ.get(_STARTED_BY, "").partition(" ")
    if parent:
        die_with_parent(int(parent))
    fill_refs(office.database, office.keys)  # no key, no worker
    fill_name_terms(office.database)
    office.database.dispose()  # it was there to be looked at: the worker opens its own
    compile_all()
    if not name:
        warn_if_root()
        hide_folder(office.settings.home)
        say("the worker waits for jobs; stop with Ctrl-C")
    Worker(office.settings, name).run()


@contextmanager
def worker_beside() -> Iterator[None]:
    """Keep a worker process running in the `with` block: one that dies is started again."""
    ending = threading.Event()
    # It has to live as long as its process: that ends with the thread that has started it.
    thread = threading.Thread(target=_keep_running, args=(ending,), name="worker_beside")
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def _keep_running(ending: threading.Event) -> None:
    command = [sys.executable, "-m", "checkin", "worker"]
    environ = {**os.environ, _STARTED_BY: f"{os.getpid()} {new_name()}"}
    deaths = 0
    while True:
        started = time.monotonic()
        # A group of its own: Ctrl-C is for this process, which tells the worker.
        with _starting:
            process = subprocess.Popen(command, env=environ, process_group=0)  # noqa: S603 - ours
        _watch(process, ending)
        deaths = 1 if time.monotonic() - started > _WELL_AFTER_S else deaths + 1
        if ending.wait(_PAUSES_S[min(deaths, len(_PAUSES_S)) - 1]):
            return
        complain(f"the worker ended with {process.returncode}, and is started again")


def _watch(process: subprocess.Popen[bytes], ending: threading.Event) -> None:
    """Return when the process has ended, which it is told to when all is to end."""
    while process.poll() is None:
        if ending.wait(_LOOKED_AT_EVERY_S):
            process.terminate()
            try:
                process.wait(_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
